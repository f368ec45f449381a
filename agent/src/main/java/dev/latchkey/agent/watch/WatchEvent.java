package dev.latchkey.agent.watch;

import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;

/** One event of a watch. */
public sealed interface WatchEvent {

  /** Always the first. */
  record Started(String subscriptionId, Epoch epoch) implements WatchEvent {

    @Override
    public String toString() {
      return "Started[" + epoch.id() + "]";
    }
  }

  /**
   * A secret's state differs from what the subscriber was last sent.
   *
   * @param snapshot whether the subscriber must drop what it holds, which is of another epoch
   * @param skipped how many versions were never sent to it in between
   */
  record Changed(Held held, boolean snapshot, long skipped, boolean pending)
      implements WatchEvent {}

  /** A secret cannot be had at present. */
  record Unavailable(SecretName name, SecretException why) implements WatchEvent {}

  /** The subscriber lacks nothing. */
  record CaughtUp() implements WatchEvent {}
}
