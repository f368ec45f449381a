package dev.latchkey.cli.output;

import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a tree of maps, iterables, texts, numbers and booleans as JSON on one line, keys in the
 * order of the map. Only ASCII leaves it, so no terminal and no code page can garble a value.
 */
public final class Json {
  private Json() {}

  /** The JSON text of a tree. */
  public static String write(@Nullable Object value) {
    StringBuilder text = new StringBuilder();
    append(text, value);
    return text.toString();
  }

  private static void append(StringBuilder text, @Nullable Object value) {
    switch (value) {
      case null -> text.append("null");
      case Map<?, ?> map -> appendMap(text, map);
      case Iterable<?> items -> appendItems(text, items);
      case Boolean flag -> text.append(flag.booleanValue());
      case Number number -> text.append(number);
      default -> appendText(text, value.toString());
    }
  }

  private static void appendMap(StringBuilder text, Map<?, ?> map) {
    text.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      text.append(separator);
      appendText(text, String.valueOf(entry.getKey()));
      text.append(':');
      append(text, entry.getValue());
      separator = ",";
    }
    text.append('}');
  }

  private static void appendItems(StringBuilder text, Iterable<?> items) {
    text.append('[');
    for (Iterator<?> i = items.iterator(); i.hasNext(); ) {
      append(text, i.next());
      text.append(i.hasNext() ? "," : "");
    }
    text.append(']');
  }

  private static void appendText(StringBuilder text, String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      appendCharacter(text, value.charAt(i));
    }
    text.append('"');
  }

  private static void appendCharacter(StringBuilder text, char c) {
    switch (c) {
      case '"', '\\' -> text.append('\\').append(c);
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      default -> {
        if (c >= ' ' && c < 0x7f) {
          text.append(c);
        } else {
          text.append(Characters.escaped(c));
        }
      }
    }
  }
}
