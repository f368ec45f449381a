package dev.latchkey.agent.current;

import dev.latchkey.agent.secret.SecretState;
import java.time.Duration;
import java.time.Instant;

/**
 * A state that is held in memory.
 *
 * @param confirmedAt when the backend last confirmed it
 * @param stale whether the backend could not confirm it when it was due
 * @param maxStale for how long after the confirmation it may be served
 */
public record Held(SecretState state, Instant confirmedAt, boolean stale, Duration maxStale) {

  /** How long ago the backend confirmed it; never negative. */
  public Duration age(Instant now) {
    Duration age = Duration.between(confirmedAt, now);
    return age.isNegative() ? Duration.ZERO : age;
  }

  /** Whether it may be served: not past its lease and not past {@code maxStale}. */
  public boolean isUsable(Instant now) {
    return age(now).compareTo(maxStale) <= 0 && state.expiresAt().map(now::isBefore).orElse(true);
  }
}
