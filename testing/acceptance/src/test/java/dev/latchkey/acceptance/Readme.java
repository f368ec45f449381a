package dev.latchkey.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/** The README, as it stands there. */
final class Readme {

  private Readme() {}

  static String text() {
    try {
      return Files.readString(Installation.root().resolve("README.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first block of code in a language. */
  static String block(String language) {
    String fence = "```" + language + "\n";
    String after = text().substring(text().indexOf(fence) + fence.length());
    return after.substring(0, after.indexOf("```"));
  }
}
