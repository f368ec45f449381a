package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Which fields of a secret are written, and under which names.
 *
 * @param only the fields; all of them when empty
 * @param prefix what each name begins with
 */
public record Fields(SecretName secret, List<String> only, String prefix) {

  public Fields {
    only = List.copyOf(only);
  }

  /** Every field under its own name. */
  public static Fields all(SecretName secret) {
    return new Fields(secret, List.of(), "");
  }

  /** The values by the names they are written under, in the order of these. */
  SortedMap<String, SecretValue> named(Values values, UnaryOperator<String> name) {
    SortedMap<String, SecretValue> named = new TreeMap<>();
    chosen(values)
        .forEach(
            (field, value) -> {
              String written = prefix + name.apply(field);
              if (named.put(written, value) != null) {
                throw Values.refused(
                    secret + ": two fields would be written as " + written + "; choose by fields");
              }
            });
    return named;
  }

  private Map<String, SecretValue> chosen(Values values) {
    if (only.isEmpty()) {
      return values.content(secret).fields();
    }
    Map<String, SecretValue> chosen = new TreeMap<>();
    only.forEach(field -> chosen.put(field, values.field(secret, field)));
    return chosen;
  }
}
