package dev.latchkey.agent.files.posix;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** The names of what is not yet in its place: {@code .NAME.16 digits.tmp}. */
final class Temporary {

  private static final String END = ".tmp";

  private final RandomGenerator random;

  Temporary(RandomGenerator random) {
    this.random = random;
  }

  /** A name that nothing is likely to have. */
  String next(String name) {
    return "." + name + "." + HexFormat.of().toHexDigits(random.nextLong()) + END;
  }

  /** Recognises the names that were made for a name. */
  static Pattern of(String name) {
    return Pattern.compile("\\." + Pattern.quote(name) + "\\.[0-9a-f]{16}" + Pattern.quote(END));
  }
}
