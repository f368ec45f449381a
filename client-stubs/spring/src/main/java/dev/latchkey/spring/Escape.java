package dev.latchkey.spring;

import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.LatchkeyException.Reason;
import org.springframework.core.env.AbstractPropertyResolver;
import org.springframework.util.SystemPropertyUtils;

/**
 * Marks what looks like a placeholder inside a value, so that Spring gives the value as it is.
 *
 * <p>Spring resolves what a look-up yields once more. It takes a dollar sign with an opening brace
 * for the beginning of a placeholder where a matching brace follows, counting braces between, and
 * else for text; a backslash before the former is taken away and the rest is text, while one before
 * the latter would stay.
 */
final class Escape {

  private static final String BEGIN = "${";

  private Escape() {}

  /** The value, such that Spring makes {@code value} of it again. */
  static String placeholders(String value) {
    int begin = value.indexOf(BEGIN);
    if (begin < 0) {
      return value;
    }
    StringBuilder marked = new StringBuilder();
    int at = 0;
    while (begin >= 0) {
      int after = begin + BEGIN.length();
      marked.append(value, at, begin);
      if (isClosed(value, after)) {
        marked.append(mark());
      }
      marked.append(BEGIN);
      at = after;
      begin = value.indexOf(BEGIN, at);
    }
    return marked.append(value, at, value.length()).toString();
  }

  private static boolean isClosed(String value, int from) {
    int open = 0;
    for (int i = from; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '}' && open-- == 0) {
        return true;
      }
      if (c == '{') {
        open++;
      }
    }
    return false;
  }

  private static char mark() {
    if (!SystemPropertyUtils.ESCAPE_CHARACTER.equals(
        AbstractPropertyResolver.getDefaultEscapeCharacter())) {
      throw new LatchkeyException(
          Reason.UNSUPPORTED,
          "The value holds what looks like a placeholder, and "
              + AbstractPropertyResolver.DEFAULT_PLACEHOLDER_ESCAPE_CHARACTER_PROPERTY_NAME
              + " takes away the backslash that would keep Spring from resolving it");
    }
    return SystemPropertyUtils.ESCAPE_CHARACTER;
  }
}
