package dev.latchkey.demo.application;

import java.time.Duration;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Draws the application's work: of a thousand transactions five are transfers held open for half a
 * second to two seconds, sixty are short transfers, and the others are single statements of a few
 * milliseconds. So at any moment about half of the threads are inside a long transaction, and a
 * rotation always meets some.
 */
final class Mix {

  private static final int OF = 1000;
  private static final int LOOKUPS = 935;
  private static final int SHORT_TRANSFERS = 60;

  private final RandomGenerator random;

  Mix(RandomGenerator random) {
    this.random = random;
  }

  Transaction next() {
    int drawn = random.nextInt(OF);
    if (drawn < LOOKUPS) {
      return new Transaction.Lookup(between(1, 5));
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
