package dev.latchkey.agent.secret;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The named fields of one version of a secret, in the order of their names. */
public record SecretContent(Map<String, SecretValue> fields) {

  /** The field that names a database login. */
  public static final String USERNAME = "username";

  /** The field that holds a database password. */
  public static final String PASSWORD = "password";

  public SecretContent {
    if (fields.isEmpty()) {
      throw SecretException.invalid("fields", "is empty; a secret has at least one field");
    }
    fields = Collections.unmodifiableMap(new TreeMap<>(fields));
  }

  /** The value of one field. */
  public Optional<SecretValue> field(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  /** The bytes that names and values take, for bounds on memory. */
  public int weight() {
    return fields.entrySet().stream()
        .mapToInt(field -> 2 * field.getKey().length() + field.getValue().length())
        .sum();
  }
}
