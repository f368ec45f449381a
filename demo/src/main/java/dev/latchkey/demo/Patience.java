package dev.latchkey.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Waits for what another process does, by asking again and again; ends early when the demo is
 * ended.
 */
final class Patience {

  private static final long PAUSE_MILLIS = 50;

  private final InstantSource clock;
  private final CountDownLatch ended = new CountDownLatch(1);

  Patience(InstantSource clock) {
    this.clock = clock;
  }

  /** Waits until {@code condition} holds; whether it did within {@code limit}. */
  boolean await(Duration limit, BooleanSupplier condition) throws InterruptedException {
    Instant deadline = clock.instant().plus(limit);
    while (!condition.getAsBoolean()) {
      if (clock.instant().isAfter(deadline)) {
        return false;
      }
      if (ended.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new InterruptedException("the demo is ending");
      }
    }
    return true;
  }

  /** The same for what must come to pass; {@code what} completes "waited ... for". */
  void require(Duration limit, String what, BooleanSupplier condition) throws InterruptedException {
    if (!await(limit, condition)) {
      throw new IllegalStateException("waited " + limit.toSeconds() + " s in vain for " + what);
    }
  }

  /** Whether the demo is ending, so that what fails now says nothing. */
  boolean isEnded() {
    return ended.getCount() == 0;
  }

  /** Interrupts whoever waits. */
  void end() {
    ended.countDown();
  }
}
