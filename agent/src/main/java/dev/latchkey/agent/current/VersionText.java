package dev.latchkey.agent.current;

/**
 * The order of version texts at backends that order them: numbers by size, all others as text.
 * Pure.
 */
final class VersionText {

  private VersionText() {}

  /**
   * Whether {@code candidate} is an earlier version than {@code current}; never when either is
   * unknown.
   */
  static boolean isOlder(String candidate, String current) {
    return !candidate.isEmpty() && !current.isEmpty() && compare(candidate, current) < 0;
  }

  private static int compare(String a, String b) {
    boolean numbers = isNumber(a) && isNumber(b);
    return numbers && a.length() != b.length()
        ? Integer.compare(a.length(), b.length())
        : a.compareTo(b);
  }

  private static boolean isNumber(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9') && !text.startsWith("0");
  }
}
