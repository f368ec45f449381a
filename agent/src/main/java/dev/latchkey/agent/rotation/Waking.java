package dev.latchkey.agent.rotation;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * When a secret's rotation is looked at again. A pure function.
 *
 * <p>A step that failed is not looked at before its backoff is over, whatever it waited for before:
 * that may lie in the past, and would make a hot loop.
 */
final class Waking {

  /** The longest wait, so that a clock that jumped is noticed. */
  static final Duration RECHECK = Duration.ofSeconds(15);

  private Waking() {}

  /** How long until the rotation may go on. */
  static Optional<Duration> of(
      Optional<Trouble> trouble, Optional<Move.Await> awaited, Instant now, long nanoTime) {
    return trouble
        .map(failed -> Duration.ofNanos(failed.retryAtNanos() - nanoTime))
        .or(() -> awaited.map(await -> until(await.until(), now)));
  }

  /** The length of time until {@code at}, cut to the longest wait. */
  static Duration until(Instant at, Instant now) {
    return at.isBefore(now.plus(RECHECK)) ? Duration.between(now, at) : RECHECK;
  }

  /** The shortest of the waits, from none to the longest. */
  static Duration next(Stream<Duration> waits) {
    Duration shortest =
        Stream.concat(waits, Stream.of(RECHECK)).min(Duration::compareTo).orElse(RECHECK);
    return shortest.isNegative() ? Duration.ZERO : shortest;
  }
}
