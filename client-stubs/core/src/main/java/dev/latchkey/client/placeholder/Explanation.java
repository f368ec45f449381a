package dev.latchkey.client.placeholder;

import dev.latchkey.client.LatchkeyException;
import java.time.Duration;
import java.util.Map;

/**
 * Says of placeholders that cannot be resolved which they are, why, and what to do.
 *
 * @param socket where the agent is looked for
 * @param timeout how long a first value is waited for
 */
record Explanation(String socket, Duration timeout) {

  /** The failure of one read. */
  LatchkeyException of(SecretReference reference, LatchkeyException why) {
    return new LatchkeyException(
        why.reason(), "${latchkey:" + reference + "} cannot be resolved: " + because(why));
  }

  /** The failures of what a configuration refers to; {@code asked} says which property asks. */
  LatchkeyException of(
      Map<SecretReference, LatchkeyException> failures, Map<SecretReference, String> asked) {
    StringBuilder text = new StringBuilder("Secrets that the configuration needs cannot be had:");
    failures.forEach(
        (reference, why) ->
            text.append("\n  ")
                .append(asked.get(reference))
                .append(" asks for the secret ")
                .append(reference.secret())
                .append(", field ")
                .append(reference.field())
                .append(": ")
                .append(because(why)));
    return new LatchkeyException(failures.values().iterator().next().reason(), text.toString());
  }

  private String because(LatchkeyException why) {
    String said = String.valueOf(why.getMessage());
    return switch (why.reason()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED ->
          said
              + ". It was waited for during "
              + seconds()
              + " s (latchkey.timeout) at "
              + socket
              + " (latchkey.socket)";
      case DENIED, UNKNOWN_CALLER ->
          said
              + ". Let the agent's policies grant this process's user the operations read and watch"
              + " on it; they are read by the agent at "
              + socket;
      case NOT_FOUND ->
          said + ". Write it with: latchkey put NAME FIELD=-, or correct the placeholder";
      default -> said;
    };
  }

  private String seconds() {
    return timeout.toMillis() % 1000 == 0
        ? Long.toString(timeout.toSeconds())
        : Double.toString(timeout.toMillis() / 1000.0);
  }
}
