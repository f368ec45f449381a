package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretName;
import java.nio.CharBuffer;
import java.util.List;
import java.util.Set;

/**
 * Lines {@code name=value} as {@code java.util.Properties} reads them: in ASCII, everything else
 * escaped.
 */
public record PropertiesFormat(Fields fields) implements Format {

  private static final int FIRST_PRINTABLE = 0x20;
  private static final int LAST_PRINTABLE = 0x7e;

  @Override
  public Set<SecretName> secrets() {
    return Set.of(fields.secret());
  }

  @Override
  public List<FileContent> render(String file, Values values) {
    SecretBuffer out = new SecretBuffer();
    fields
        .named(values, name -> name)
        .forEach(
            (name, value) -> {
              SecretBuffer _ = escaped(out, CharBuffer.wrap(name));
              out.add('=');
              SecretBuffer _ =
                  Values.text(fields.secret(), name, value, text -> escaped(out, text));
              out.add('\n');
            });
    return List.of(new FileContent(file, out.take()));
  }

  private static SecretBuffer escaped(SecretBuffer out, CharBuffer text) {
    while (text.hasRemaining()) {
      char one = text.get();
      switch (one) {
        case '\\', '=', ':', '#', '!', ' ' -> out.add('\\').add(one);
        case '\n' -> out.add('\\').add('n');
        case '\r' -> out.add('\\').add('r');
        case '\t' -> out.add('\\').add('t');
        default -> {
          if (one < FIRST_PRINTABLE || one > LAST_PRINTABLE) {
            unicode(out, one);
          } else {
            out.add(one);
          }
        }
      }
    }
    return out;
  }

  private static void unicode(SecretBuffer out, char one) {
    out.add('\\').add('u');
    for (int shift = 12; shift >= 0; shift -= 4) {
      out.add(Character.forDigit((one >> shift) & 0xf, 16));
    }
  }
}
