package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.secret.SecretValue;
import java.nio.charset.StandardCharsets;

/** The text of a value, for the one request that carries it. */
final class Texts {

  private Texts() {}

  static String of(SecretValue value) {
    return value.read(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }
}
