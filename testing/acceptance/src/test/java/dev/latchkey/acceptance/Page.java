package dev.latchkey.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A section of a page of the documentation, as it stands there. */
record Page(String text) {

  private static final Pattern EXAMPLE =
      Pattern.compile("```sh\n(.*?)```\n(?:```text\n(.*?)```\n)?", Pattern.DOTALL);

  /** A command of the page, and what the page says that it prints, where it does. */
  record Example(String command, Optional<String> output) {}

  /** The section with that title, up to the next of its rank. */
  static Page section(String file, String title) {
    try {
      String page = Files.readString(Installation.root().resolve(file));
      String after = page.substring(page.indexOf("\n## " + title + "\n") + 1);
      int end = after.indexOf("\n## ", 1);
      return new Page(end < 0 ? after : after.substring(0, end + 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What stands in its blocks of a language, in order. */
  List<String> blocks(String language) {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  /** The first block of a language that holds these words. */
  String block(String language, String words) {
    return blocks(language).stream()
        .filter(block -> block.contains(words))
        .findFirst()
        .orElseThrow(() -> new AssertionError("the page has no example with " + words));
  }

  /** Its commands, in order. */
  List<Example> examples() {
    List<Example> examples = new ArrayList<>();
    Matcher found = EXAMPLE.matcher(text);
    while (found.find()) {
      examples.add(new Example(found.group(1), Optional.ofNullable(found.group(2))));
    }
    return examples;
  }
}
