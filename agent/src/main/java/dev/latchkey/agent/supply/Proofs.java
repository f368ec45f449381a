package dev.latchkey.agent.supply;

import dev.latchkey.agent.secret.SecretContent;

/** Tries a login before it becomes current. Called on virtual threads; blocks. */
@FunctionalInterface
public interface Proofs {

  /**
   * Logs in at {@code target} with what {@code login} holds.
   *
   * @throws dev.latchkey.agent.secret.SecretException UNAVAILABLE when the target refuses it or
   *     cannot be reached, NOT_POSSIBLE_NOW when it is no login
   */
  void require(String target, SecretContent login);
}
