package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.secret.SecretException;
import java.time.Duration;

/** What came of asking one server. */
sealed interface Attempt {

  /** It answered. */
  record Answered(Answer answer) implements Attempt {}

  /**
   * It did not, or not for itself.
   *
   * @param elsewhere whether another server may answer without the request being done twice
   * @param blame whose fault it is
   * @param asked for how long the server asked to be left alone; zero when it did not
   */
  record Failed(
      NodeState state, SecretException why, boolean elsewhere, Blame blame, Duration asked)
      implements Attempt {}

  /** Whose fault a failure is, as far as it can be told. */
  enum Blame {
    /** The server's: it is not there, and would fail any request. */
    SERVER,
    /** The server's or the request's: it answered that it failed this one. */
    EITHER,
    /** Neither's that a server is taken for gone by: a limit, a caller that gave up. */
    NEITHER
  }
}
