package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.secret.SecretException;

/** What came of asking one server. */
sealed interface Attempt {

  /** It answered. */
  record Answered(Answer answer) implements Attempt {}

  /**
   * It did not, or not for itself.
   *
   * @param elsewhere whether another server may answer without the request being done twice
   */
  record Failed(NodeState state, SecretException why, boolean elsewhere) implements Attempt {}
}
