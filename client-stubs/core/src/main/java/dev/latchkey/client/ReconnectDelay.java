package dev.latchkey.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before connecting again: exponential with full jitter, never nothing, never over
 * a cap.
 *
 * @param first the bound of the first wait
 * @param longest the bound of every wait
 */
record ReconnectDelay(Duration first, Duration longest) {

  private static final long SHORTEST_NANOS = Duration.ofMillis(5).toNanos();
  private static final int MAX_DOUBLINGS = 30;

  ReconnectDelay {
    if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException("0 < first <= longest does not hold");
    }
  }

  /**
   * The wait before attempt {@code failures + 1}, after so many failures in a row, at least one.
   */
  Duration after(int failures, RandomGenerator random) {
    double doubled = first.toNanos() * Math.pow(2, Math.min(MAX_DOUBLINGS, failures - 1));
    double bound = Math.min(doubled, (double) longest.toNanos());
    return Duration.ofNanos(Math.max(SHORTEST_NANOS, (long) (random.nextDouble() * bound)));
  }
}
