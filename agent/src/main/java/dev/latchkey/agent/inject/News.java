package dev.latchkey.agent.inject;

import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.StateId;
import java.time.Instant;
import java.util.Optional;

/** The newest that a delivery was told of a secret. Holds no value, since it may wait. */
sealed interface News {

  /**
   * A state became current, or turned between fresh and stale, or lives longer or shorter.
   *
   * @param endsAt when it ends by itself
   */
  record Current(StateId id, Optional<Instant> endsAt, boolean stale) implements News {

    static Current of(Held now) {
      return new Current(now.state().id(), now.state().expiresAt(), now.stale());
    }

    /** The same of what was read. */
    static Current of(SecretState read) {
      return new Current(read.id(), read.expiresAt(), false);
    }

    /** Whether the value has ended by itself. */
    boolean isOver(Instant at) {
      return endsAt.filter(end -> !at.isBefore(end)).isPresent();
    }
  }

  /** Nothing is current any more. */
  record Withdrawn() implements News {}

  /** The secret manager has it no more; what is held is served on elsewhere. */
  record Missing() implements News {}
}
