package dev.latchkey.agent.current;

import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.StateId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which state follows which: the numbering of versions and revisions. Pure.
 *
 * @param last the last id given to the secret; null when it never had one
 * @param before the state before, where it is kept or held
 * @param sameValue whether the value is equal to the one before
 */
record Succession(
    Epoch epoch, @Nullable StateId last, Optional<SecretState> before, boolean sameValue) {

  /** Refuses a change whose compare-and-set is lost. */
  void check(Change change) {
    long version = last == null ? 0 : last.version();
    change
        .expectedVersion()
        .ifPresent(
            expected -> {
              if (expected != version) {
                throw SecretException.of(
                    Reason.CONFLICT,
                    change.name() + ": version " + version + " is current, not " + expected);
              }
            });
  }

  /** The state that {@code change} makes, which is the state before when nothing differs. */
  SecretState next(Change change, Instant now) {
    if (last == null || !sameValue || change.rolledBackFrom() != 0) {
      return fresh(change, now);
    }
    if (before.isPresent()) {
      return renewed(before.get(), change);
    }
    long revision = last.revision() + (change.lifetime() instanceof Lifetime.Leased ? 1 : 0);
    return state(change, new StateId(epoch, last.version(), revision), now);
  }

  /** Whether {@code next} is another state than the one before. */
  boolean isChange(SecretState next) {
    return !next.id().equals(last);
  }

  private SecretState fresh(Change change, Instant now) {
    long version = last == null ? 1 : last.version() + 1;
    long revision = last == null ? 1 : last.revision() + 1;
    return state(change, new StateId(epoch, version, revision), now);
  }

  private static SecretState state(Change change, StateId id, Instant now) {
    String text = change.backendVersion();
    return new SecretState(
        change.name(),
        id,
        text.isEmpty() ? Long.toString(id.version()) : text,
        change.content(),
        change.lifetime(),
        change.issuedAt(),
        now,
        change.previousValidUntil(),
        change.rolledBackFrom(),
        change.cause());
  }

  private static SecretState renewed(SecretState before, Change change) {
    String text =
        change.backendVersion().isEmpty() ? before.backendVersion() : change.backendVersion();
    Optional<Instant> previous = change.previousValidUntil().or(before::previousValidUntil);
    boolean same =
        text.equals(before.backendVersion())
            && change.lifetime().equals(before.lifetime())
            && previous.equals(before.previousValidUntil());
    return same
        ? before
        : new SecretState(
            before.name(),
            raised(before.id()),
            text,
            before.content(),
            change.lifetime(),
            before.issuedAt(),
            before.publishedAt(),
            previous,
            before.rolledBackFrom(),
            before.cause());
  }

  /** The same state with its revision raised, as a turn between fresh and stale makes it. */
  static SecretState turned(SecretState state) {
    return new SecretState(
        state.name(),
        raised(state.id()),
        state.backendVersion(),
        state.content(),
        state.lifetime(),
        state.issuedAt(),
        state.publishedAt(),
        state.previousValidUntil(),
        state.rolledBackFrom(),
        state.cause());
  }

  private static StateId raised(StateId id) {
    return new StateId(id.epoch(), id.version(), id.revision() + 1);
  }
}
