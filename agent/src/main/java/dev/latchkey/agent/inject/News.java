package dev.latchkey.agent.inject;

import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.StateId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a delivery was told of a secret. Holds no value, since it may wait. */
sealed interface News {

  /**
   * What is left to be taken of a secret, in order: of each kind the newest; and what is there
   * again is missing no more.
   *
   * @param waiting what was told before and not taken yet
   * @param last what came after it
   */
  static List<News> joined(List<News> waiting, News last) {
    return Stream.concat(
            waiting.stream().filter(each -> !last.makesNeedless(each)), Stream.of(last))
        .toList();
  }

  private boolean makesNeedless(News before) {
    return switch (this) {
      case Current now ->
          switch (before) {
            case Current older -> true;
            case Missing missing -> !now.stale();
            case Withdrawn withdrawn -> false;
          };
      case Withdrawn withdrawn -> before instanceof Withdrawn;
      case Missing missing -> before instanceof Missing;
    };
  }

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
