package dev.latchkey.cli.child;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waits between attempts: each about twice as long as the one before. Used by one thread. */
final class Retry {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final RandomGenerator random;
  private Duration wait = SHORTEST;

  Retry(RandomGenerator random) {
    this.random = random;
  }

  /** The next wait, in nanoseconds: half of it fixed, the rest random. */
  long next() {
    long half = wait.toNanos() / 2;
    Duration doubled = wait.multipliedBy(2);
    wait = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return half + random.nextLong(half);
  }

  /** It went well. */
  void reset() {
    wait = SHORTEST;
  }
}
