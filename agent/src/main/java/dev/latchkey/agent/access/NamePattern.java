package dev.latchkey.agent.access;

/**
 * A pattern of names: {@code *} stands for any characters but {@code /}, {@code **} for any at all,
 * both also for none; every other character stands for itself.
 *
 * <p>Matching allocates nothing. Backtracking is bounded by the length of a name for each star, and
 * a pattern has at most {@value #MAX_STARS} of them.
 */
public final class NamePattern {

  /** The greatest number of stars in a pattern, {@code **} counted as one. */
  public static final int MAX_STARS = 4;

  private final String text;
  private final boolean literal;

  private NamePattern(String text) {
    this.text = text;
    this.literal = text.indexOf('*') < 0;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException when it is empty or has too many stars
   */
  public static NamePattern of(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a pattern is not empty");
    }
    if (text.contains("***")) {
      throw new IllegalArgumentException("\"***\" means nothing; write \"**\"");
    }
    long stars = text.replace("**", "*").chars().filter(c -> c == '*').count();
    if (stars > MAX_STARS) {
      throw new IllegalArgumentException("a pattern has at most " + MAX_STARS + " stars");
    }
    return new NamePattern(text);
  }

  /** Whether the whole of {@code name} fits. */
  public boolean matches(String name) {
    return literal ? text.equals(name) : matches(0, name, 0);
  }

  private boolean matches(int at, String name, int from) {
    int p = at;
    int n = from;
    while (p < text.length() && text.charAt(p) != '*') {
      if (n == name.length() || name.charAt(n) != text.charAt(p)) {
        return false;
      }
      p++;
      n++;
    }
    return p == text.length() ? n == name.length() : star(p, name, n);
  }

  private boolean star(int at, String name, int from) {
    boolean across = text.startsWith("**", at);
    int rest = at + (across ? 2 : 1);
    for (int n = from; n <= name.length(); n++) {
      if (matches(rest, name, n)) {
        return true;
      }
      if (!across && n < name.length() && name.charAt(n) == '/') {
        return false;
      }
    }
    return false;
  }

  /** The pattern as it was written. */
  @Override
  public String toString() {
    return text;
  }
}
