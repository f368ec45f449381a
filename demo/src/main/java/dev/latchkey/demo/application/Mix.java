package dev.latchkey.demo.application;

import java.time.Duration;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Draws the application's work: nine in ten are single statements of a few milliseconds, one in
 * eleven a short transfer, one in a hundred a transfer held open for up to two seconds. So at any
 * moment about half of the threads are inside a long transaction, and a rotation always meets some.
 */
final class Mix {

  private static final int LOOKUPS = 90;
  private static final int SHORT_TRANSFERS = 9;

  private final RandomGenerator random;

  Mix(RandomGenerator random) {
    this.random = random;
  }

  Transaction next() {
    int drawn = random.nextInt(100);
    if (drawn < LOOKUPS) {
      return new Transaction.Lookup(between(1, 8));
    }
    return drawn < LOOKUPS + SHORT_TRANSFERS
        ? transfer(between(1, 80))
        : transfer(between(500, 2000));
  }

  private Transaction transfer(Duration length) {
    return new Transaction.Transfer(
        new UUID(random.nextLong(), random.nextLong()).toString(), random.nextInt(1, 1000), length);
  }

  private Duration between(int fromMillis, int toMillis) {
    return Duration.ofMillis(random.nextInt(fromMillis, toMillis + 1));
  }
}
