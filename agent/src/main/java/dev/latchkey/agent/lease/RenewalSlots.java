package dev.latchkey.agent.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Keeps many leases from coming due in the same second: of some candidates before the moment that
 * was planned, the second with the fewest others is taken.
 *
 * <p>After "The Power of Two Choices in Randomized Load Balancing" (M. Mitzenmacher, IEEE TPDS
 * 12(10), 2001), with a few choices more. Safe for use by several threads.
 */
final class RenewalSlots {

  private static final int CHOICES = 16;
  private static final double WINDOW = 0.1;

  private final ConcurrentHashMap<Long, Integer> taken = new ConcurrentHashMap<>();
  private final RandomGenerator random;

  RenewalSlots(RandomGenerator random) {
    this.random = random;
  }

  /** Takes a second not after {@code latest} and at most a tenth of the way to it earlier. */
  Instant take(Instant now, Instant latest) {
    Duration left = Duration.between(now, latest);
    Instant best = latest;
    int fewest = Integer.MAX_VALUE;
    int choices = left.toSeconds() < CHOICES ? 0 : CHOICES;
    for (int i = 0; i < choices; i++) {
      long early = (long) (left.toMillis() * WINDOW * random.nextDouble());
      Instant candidate = latest.minusMillis(early);
      int others = taken.getOrDefault(candidate.getEpochSecond(), 0);
      if (others < fewest) {
        fewest = others;
        best = candidate;
      }
    }
    taken.merge(best.getEpochSecond(), 1, Integer::sum);
    return best;
  }

  /** Gives a second back. */
  void free(Instant second) {
    taken.computeIfPresent(second.getEpochSecond(), (same, count) -> count > 1 ? count - 1 : null);
  }

  /** How many leases are due in each second. */
  Map<Long, Integer> taken() {
    return Map.copyOf(taken);
  }
}
