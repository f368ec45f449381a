package dev.latchkey.agent.time;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff with full jitter: the wait before attempt n is uniform between zero and
 * {@code first * 2^(n-1)}, capped at {@code cap}.
 *
 * <p>After "Exponential Backoff And Jitter" (M. Brooker, AWS Architecture Blog, 2015). A pure
 * function.
 */
public record Backoff(Duration first, Duration cap) {

  public Backoff {
    if (first.isNegative() || first.isZero() || cap.compareTo(first) < 0) {
      throw new IllegalArgumentException("a backoff begins above zero and not above its cap");
    }
  }

  /** The wait before attempt {@code attempt}, which counts the failures so far, from 1. */
  public Duration delay(int attempt, RandomGenerator random) {
    return within(bound(attempt), random);
  }

  /** A moment within {@code span}, so that what begins together is spread. */
  public static Duration within(Duration span, RandomGenerator random) {
    return Duration.ofNanos((long) (random.nextDouble() * span.toNanos()));
  }

  /** The longest wait that {@link #delay} may answer. */
  public Duration bound(int attempt) {
    int doublings = Math.min(Math.max(attempt - 1, 0), 30);
    Duration bound = first.multipliedBy(1L << doublings);
    return bound.compareTo(cap) > 0 ? cap : bound;
  }
}
