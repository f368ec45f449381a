package dev.latchkey.agent.rotation;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;

/**
 * Why the last try of a step failed, and when it is tried again.
 *
 * @param blocked whether waiting alone will not mend it
 * @param waiting the words for it, such as {@code blocked: admin refused}
 * @param attempts how many tries failed, from 1
 * @param retryAtNanos the {@code nanoTime} of the next try
 */
record Trouble(boolean blocked, String waiting, String why, int attempts, long retryAtNanos) {

  /** Judges an exception; {@code retryAtNanos} is still to be set. */
  static Trouble of(RuntimeException e, int attempts) {
    return switch (e) {
      case SecretException secret -> ofReason(secret, attempts);
      case ProofRefused refused ->
          new Trouble(false, "waiting: proof refused", refused.why(), attempts, 0);
      default ->
          new Trouble(
              false, "waiting: unexpected failure", e.getClass().getSimpleName(), attempts, 0);
    };
  }

  private static Trouble ofReason(SecretException e, int attempts) {
    boolean blocked = e.reason() == Reason.BACKEND_REFUSED || e.reason() == Reason.NOT_POSSIBLE_NOW;
    String waiting =
        switch (e.reason()) {
          case BACKEND_REFUSED -> "blocked: admin refused";
          case NOT_POSSIBLE_NOW -> "blocked: " + e.safeMessage();
          default -> "waiting: " + e.safeMessage();
        };
    return new Trouble(blocked, waiting, e.safeMessage(), attempts, 0);
  }

  Trouble retryAt(long nanos) {
    return new Trouble(blocked, waiting, why, attempts, nanos);
  }
}
