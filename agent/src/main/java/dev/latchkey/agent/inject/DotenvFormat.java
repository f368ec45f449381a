package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Lines {@code NAME='value'} that a POSIX shell sources: nothing in a value is ever run or
 * replaced, whatever it holds. A byte 0 is refused, since no variable can hold one.
 */
public record DotenvFormat(Fields fields) implements Format {

  private static final Pattern NAME = Pattern.compile("[A-Z_][A-Z0-9_]*");

  @Override
  public Set<SecretName> secrets() {
    return Set.of(fields.secret());
  }

  @Override
  public List<FileContent> render(String file, Values values) {
    SecretBuffer out = new SecretBuffer();
    fields.named(values, DotenvFormat::variable).forEach((name, value) -> line(out, name, value));
    return List.of(new FileContent(file, out.take()));
  }

  /** {@code api-key} as {@code API_KEY}. */
  static String variable(String field) {
    return field.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_");
  }

  private void line(SecretBuffer out, String name, SecretValue value) {
    if (!NAME.matcher(name).matches()) {
      throw Values.refused(
          fields.secret() + ": no variable can be called " + name + "; set a prefix");
    }
    out.text(name).text("='");
    value.read(bytes -> quoted(out, name, bytes));
    out.text("'\n");
  }

  private SecretBuffer quoted(SecretBuffer out, String name, byte[] bytes) {
    for (byte one : bytes) {
      if (one == 0) {
        throw Values.refused(
            fields.secret() + ": " + name + " holds a byte 0, which no variable can hold");
      }
      if (one == '\'') {
        out.text("'\\''");
      } else {
        out.add(one);
      }
    }
    return out;
  }
}
