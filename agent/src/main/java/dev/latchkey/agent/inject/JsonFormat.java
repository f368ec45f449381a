package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.CharBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One JSON object with a text for each field; what looks like a number stays a text. */
public record JsonFormat(Fields fields) implements Format {

  private static final int FIRST_PRINTABLE = 0x20;

  @Override
  public Set<SecretName> secrets() {
    return Set.of(fields.secret());
  }

  @Override
  public List<FileContent> render(String file, Values values) {
    SecretBuffer out = new SecretBuffer().add('{');
    String divider = "\n  ";
    for (Map.Entry<String, SecretValue> field : fields.named(values, name -> name).entrySet()) {
      out.text(divider);
      quoted(out, field.getKey());
      out.text(": ");
      text(out, field.getKey(), field.getValue());
      divider = ",\n  ";
    }
    return List.of(new FileContent(file, out.text("\n}\n").take()));
  }

  private static void quoted(SecretBuffer out, String name) {
    out.add('"');
    CharBuffer chars = CharBuffer.wrap(name);
    while (chars.hasRemaining()) {
      char one = chars.get();
      if (one < FIRST_PRINTABLE || one == '"' || one == '\\') {
        escaped(out, one);
      } else {
        out.text(Character.isSurrogate(one) ? surrogate(one) : String.valueOf(one));
      }
    }
    out.add('"');
  }

  private static String surrogate(char half) {
    return String.format("\\u%04x", (int) half);
  }

  private void text(SecretBuffer out, String name, SecretValue value) {
    int _ = Values.text(fields.secret(), name, value, CharBuffer::length);
    out.add('"');
    value.read(bytes -> escaped(out, bytes));
    out.add('"');
  }

  private static SecretBuffer escaped(SecretBuffer out, byte[] utf8) {
    for (byte one : utf8) {
      if ((one >= 0 && one < FIRST_PRINTABLE) || one == '"' || one == '\\') {
        escaped(out, (char) one);
      } else {
        out.add(one);
      }
    }
    return out;
  }

  private static void escaped(SecretBuffer out, char one) {
    out.add('\\');
    switch (one) {
      case '"', '\\' -> out.add(one);
      case '\n' -> out.add('n');
      case '\r' -> out.add('r');
      case '\t' -> out.add('t');
      default -> out.text(String.format("u%04x", (int) one));
    }
  }
}
