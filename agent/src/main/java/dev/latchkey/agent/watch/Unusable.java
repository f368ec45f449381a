package dev.latchkey.agent.watch;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;

/** Why a state that was held is told no more. */
final class Unusable {

  private Unusable() {}

  static SecretException of(SecretName name) {
    return SecretException.of(
        Reason.UNAVAILABLE, name + ": what is held is past its lease or its bound on staleness");
  }
}
