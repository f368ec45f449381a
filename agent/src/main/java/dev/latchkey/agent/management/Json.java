package dev.latchkey.agent.management;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Trees of maps, lists, numbers, truth values and texts as JSON (RFC 8259) on one line. */
public final class Json {

  private Json() {}

  /** The JSON of a tree; a map's keys come in its order, and what is none of these is a text. */
  public static String write(Object tree) {
    return switch (tree) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> text(entry.getKey().toString()) + ":" + write(entry.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
      case List<?> items ->
          items.stream().map(Json::write).collect(Collectors.joining(",", "[", "]"));
      case Boolean flag -> flag.toString();
      case Number number -> number.toString();
      default -> text(tree.toString());
    };
  }

  /** A JSON string (section 7). */
  private static String text(String raw) {
    StringBuilder quoted = new StringBuilder(raw.length() + 2).append('"');
    raw.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if (c < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }
}
