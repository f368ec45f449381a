package dev.latchkey.agent.inject.template;

import java.util.Base64;
import java.util.Map;

/** How a value is written so that it stays one value where the file is read. */
final class Quoting {

  private static final String HEX = "0123456789ABCDEF";

  private Quoting() {}

  /** RFC 4648, section 4, padded, on one line. */
  static Value base64(Value value) {
    return encoded(Base64.getEncoder(), value);
  }

  /** RFC 4648, section 5, not padded. */
  static Value base64Url(Value value) {
    return encoded(Base64.getUrlEncoder().withoutPadding(), value);
  }

  /** It grows by a third, so what is too long is found soon enough afterwards. */
  private static Value encoded(Base64.Encoder encoder, Value value) {
    return new Value(encoder.encode(value.bytes()), value.origin());
  }

  /** RFC 3986: all but the unreserved characters is written as {@code %XX}. */
  static Value url(Value value) {
    QuotedText quoted = new QuotedText(value);
    for (byte each : value.bytes()) {
      char character = (char) (each & 0xff);
      if (isUnreserved(character)) {
        quoted.add(character);
      } else {
        quoted.add('%').add(hex(character, 1)).add(hex(character, 0));
      }
    }
    return quoted.toValue();
  }

  /** One hexadecimal digit of a character, counted from the last. */
  private static char hex(char character, int digit) {
    return HEX.charAt((character >> (4 * digit)) & 0xf);
  }

  private static boolean isUnreserved(char character) {
    return (character >= 'a' && character <= 'z')
        || (character >= 'A' && character <= 'Z')
        || (character >= '0' && character <= '9')
        || "-._~".indexOf(character) >= 0;
  }

  /** A JSON string with its quotes; in YAML it is a double-quoted scalar. */
  static Value json(Value value) {
    String text = value.text();
    QuotedText quoted = new QuotedText(value).add('"');
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      switch (character) {
        case '"' -> quoted.add("\\\"");
        case '\\' -> quoted.add("\\\\");
        case '\n' -> quoted.add("\\n");
        case '\r' -> quoted.add("\\r");
        case '\t' -> quoted.add("\\t");
        default -> {
          if (character < ' ' || (character >= 0x7f && character < 0xa0) || breaksLine(character)) {
            quoted.add("\\u").add(Character.toLowerCase(hex(character, 3)));
            for (int digit = 2; digit >= 0; digit--) {
              quoted.add(Character.toLowerCase(hex(character, digit)));
            }
          } else {
            quoted.add(character);
          }
        }
      }
    }
    return quoted.add('"').toValue();
  }

  /** What JavaScript and YAML take for the end of a line, or for a byte order mark. */
  private static boolean breaksLine(char character) {
    return character == 0x2028 || character == 0x2029 || character == 0xfeff;
  }

  /** One word of a POSIX shell, in single quotes. */
  static Value shell(Value value) {
    return between("'", value, withoutNul(value, "a shell"), Map.of('\'', "'\\''"));
  }

  /**
   * A string literal of PostgreSQL, right for either setting of {@code
   * standard_conforming_strings}: where the text holds a backslash, the literal is of the form
   * {@code E'…'}.
   */
  static Value sql(Value value) {
    String text = withoutNul(value, "PostgreSQL");
    String opening = text.indexOf('\\') < 0 ? "'" : "E'";
    return between(opening, value, text, Map.of('\'', "''", '\\', "\\\\"));
  }

  /** The text in single quotes, some of its characters written otherwise. */
  private static Value between(
      String opening, Value value, String text, Map<Character, String> otherwise) {
    QuotedText quoted = new QuotedText(value).add(opening);
    for (int i = 0; i < text.length(); i++) {
      quoted.add(otherwise.getOrDefault(text.charAt(i), text.substring(i, i + 1)));
    }
    return quoted.add('\'').toValue();
  }

  private static String withoutNul(Value value, String reader) {
    String text = value.text();
    if (text.indexOf('\0') >= 0) {
      throw new Misuse(value.origin() + " holds a NUL byte, which " + reader + " cannot take");
    }
    return text;
  }

  /** Puts spaces in front of every line but the first, which stands where its tag does. */
  static Value indent(int spaces, Value value) {
    String text = value.text();
    String margin = " ".repeat(spaces);
    QuotedText indented = new QuotedText(value);
    for (int i = 0; i < text.length(); i++) {
      indented.add(text.charAt(i));
      if (text.charAt(i) == '\n' && i + 1 < text.length()) {
        indented.add(margin);
      }
    }
    return indented.toValue();
  }
}
