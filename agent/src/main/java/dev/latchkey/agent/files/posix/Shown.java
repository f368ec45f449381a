package dev.latchkey.agent.files.posix;

/**
 * Names that somebody else chose, as a message may hold them: on one line, in the order in which
 * they are written, and not longer than a line.
 */
final class Shown {

  private static final int LONGEST = 200;

  private Shown() {}

  /**
   * The text with what does not show itself written as {@code \\uXXXX}, and cut where it is long.
   */
  static String text(String raw) {
    StringBuilder shown = new StringBuilder();
    for (int at = 0; at < raw.length() && shown.length() < LONGEST; at++) {
      char each = raw.charAt(at);
      if (isPlain(each)) {
        shown.append(each);
      } else {
        shown.append(String.format("\\u%04x", (int) each));
      }
    }
    return shown.length() < LONGEST ? shown.toString() : shown.substring(0, LONGEST) + "…";
  }

  private static boolean isPlain(char each) {
    return switch (Character.getType(each)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
