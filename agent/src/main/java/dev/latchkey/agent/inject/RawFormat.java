package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The bytes of one field as they are.
 *
 * @param field empty for the only one there is
 * @param newline whether a line feed follows them
 */
public record RawFormat(SecretName secret, Optional<String> field, boolean newline)
    implements Format {

  @Override
  public Set<SecretName> secrets() {
    return Set.of(secret);
  }

  @Override
  public List<FileContent> render(String file, Values values) {
    SecretValue value =
        field.map(name -> values.field(secret, name)).orElseGet(() -> onlyOne(values));
    SecretBuffer out = new SecretBuffer().value(value);
    return List.of(new FileContent(file, (newline ? out.add('\n') : out).take()));
  }

  private SecretValue onlyOne(Values values) {
    SecretContent content = values.content(secret);
    if (content.fields().size() > 1) {
      throw Values.refused(
          secret + " has the fields " + Values.namesOf(content) + "; name one of them by field");
    }
    return content.fields().values().iterator().next();
  }
}
