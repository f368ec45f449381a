package dev.latchkey.agent.inject.template;

import java.util.Base64;
import java.util.Locale;

/** How a value is written so that it stays one value where the file is read. */
final class Quoting {

  private static final String HEX = "0123456789ABCDEF";

  private Quoting() {}

  /** RFC 4648, section 4, padded, on one line. */
  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** RFC 4648, section 5, not padded. */
  static String base64Url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** RFC 3986: all but the unreserved characters is written as {@code %XX}. */
  static String url(byte[] bytes) {
    StringBuilder quoted = new StringBuilder(bytes.length + 16);
    for (byte each : bytes) {
      char character = (char) (each & 0xff);
      if (isUnreserved(character)) {
        quoted.append(character);
      } else {
        quoted.append('%').append(HEX.charAt(character >> 4)).append(HEX.charAt(character & 0xf));
      }
    }
    return quoted.toString();
  }

  private static boolean isUnreserved(char character) {
    return (character >= 'a' && character <= 'z')
        || (character >= 'A' && character <= 'Z')
        || (character >= '0' && character <= '9')
        || "-._~".indexOf(character) >= 0;
  }

  /** A JSON string with its quotes; in YAML it is a double-quoted scalar. */
  static String json(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 16).append('"');
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      switch (character) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (character < ' ' || (character >= 0x7f && character < 0xa0) || breaksLine(character)) {
            quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) character));
          } else {
            quoted.append(character);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  /** What JavaScript and YAML take for the end of a line, or for a byte order mark. */
  private static boolean breaksLine(char character) {
    return character == 0x2028 || character == 0x2029 || character == 0xfeff;
  }

  /** One word of a POSIX shell, in single quotes. */
  static String shell(Value value) {
    String text = withoutNul(value, "a shell");
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /**
   * A string literal of PostgreSQL, right for either setting of {@code
   * standard_conforming_strings}: where the text holds a backslash, the literal is of the form
   * {@code E'…'}.
   */
  static String sql(Value value) {
    String doubled = withoutNul(value, "PostgreSQL").replace("'", "''");
    return doubled.indexOf('\\') < 0
        ? "'" + doubled + "'"
        : "E'" + doubled.replace("\\", "\\\\") + "'";
  }

  private static String withoutNul(Value value, String reader) {
    String text = value.text();
    if (text.indexOf('\0') >= 0) {
      throw new Misuse(value.origin() + " holds a NUL byte, which " + reader + " cannot take");
    }
    return text;
  }

  /** Puts spaces in front of every line but the first, which stands where its tag does. */
  static String indent(int spaces, String text) {
    String indented = text.replace("\n", "\n" + " ".repeat(spaces));
    return text.endsWith("\n") ? indented.substring(0, indented.length() - spaces) : indented;
  }
}
