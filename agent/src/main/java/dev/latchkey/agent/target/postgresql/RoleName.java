package dev.latchkey.agent.target.postgresql;

import dev.latchkey.agent.secret.SecretException;
import java.nio.charset.StandardCharsets;

/** Names of roles and databases, checked and quoted so that none can say more than its name. */
final class RoleName {

  private static final int MAX_BYTES = 63;

  private RoleName() {}

  /** The name as an identifier. */
  static String identifier(String name) {
    return "\"" + checked(name).replace("\"", "\"\"") + "\"";
  }

  /** The name as a literal. */
  static String literal(String name) {
    return "'" + checked(name).replace("'", "''") + "'";
  }

  private static String checked(String name) {
    if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw SecretException.invalid("role", "must have 1 to " + MAX_BYTES + " bytes: " + name);
    }
    if (name.startsWith("pg_") || name.equals("public") || name.equals("none")) {
      throw SecretException.invalid("role", "is a name that PostgreSQL keeps for itself: " + name);
    }
    if (name.chars().anyMatch(letter -> letter < 0x20 || letter == '\\' || letter == 0x7f)) {
      throw SecretException.invalid("role", "must not hold control characters or backslashes");
    }
    return name;
  }
}
