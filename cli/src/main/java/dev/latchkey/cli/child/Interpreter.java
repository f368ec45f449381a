package dev.latchkey.cli.child;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program that a script names in its first line. It is looked at beforehand where another
 * program begins the script and would tell of its absence in words and a code of its own.
 */
final class Interpreter {
  private static final int LONGEST_LINE = 256;
  private static final Pattern LINE = Pattern.compile("\\A#![ \\t]*([^ \\t\\n\\x00]+)");

  private Interpreter() {}

  /** 0 when that program can be executed or there is none, else the error negated. */
  static int executable(byte[] script) {
    return of(script)
        .map(path -> Posix.executable(path.getBytes(StandardCharsets.ISO_8859_1)))
        .orElse(0);
  }

  private static Optional<String> of(byte[] script) {
    try (InputStream file = Files.newInputStream(path(script))) {
      byte[] begin = file.readNBytes(LONGEST_LINE);
      Matcher line = LINE.matcher(new String(begin, StandardCharsets.ISO_8859_1));
      return line.find() ? Optional.of(line.group(1)) : Optional.empty();
    } catch (IOException | InvalidPathException unreadable) {
      return Optional.empty();
    }
  }

  private static Path path(byte[] script) {
    return Path.of(new String(script, StandardCharsets.UTF_8));
  }
}
