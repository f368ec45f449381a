package dev.latchkey.agent.rpc;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.time.Duration;

/** The refusal of an agent that stops: the caller connects again, to its successor. */
final class Stopping {

  private static final Duration RETRY = Duration.ofSeconds(1);

  private Stopping() {}

  static SecretException refusal() {
    return SecretException.retryable(
        Reason.UNAVAILABLE, "the agent is stopping; connect again", RETRY);
  }
}
