package dev.latchkey.agent.files.posix;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Draws what must be like nothing before: the names of what is not yet in its place, {@code
 * .NAME.16 digits.tmp}, and the number from which the versions of a set are counted.
 */
final class Temporary {

  private static final String END = ".tmp";

  /** So many first numbers there are, which leaves room for more changes than there can be. */
  private static final long FIRST_VERSIONS = 1_000_000_000_000_000L;

  private final RandomGenerator random;

  Temporary(RandomGenerator random) {
    this.random = random;
  }

  /** A name that nothing is likely to have. */
  String next(String name) {
    return "." + name + "." + HexFormat.of().toHexDigits(random.nextLong()) + END;
  }

  /**
   * The number of the first version of a set. It is drawn anew where no version is left, since
   * somebody may still know the directory of one that was there before.
   */
  long firstVersion() {
    return 1 + random.nextLong(FIRST_VERSIONS);
  }

  /** Recognises the names that were made for a name. */
  static Pattern of(String name) {
    return Pattern.compile("\\." + Pattern.quote(name) + "\\.[0-9a-f]{16}" + Pattern.quote(END));
  }
}
