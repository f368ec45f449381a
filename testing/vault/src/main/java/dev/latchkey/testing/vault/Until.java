package dev.latchkey.testing.vault;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what a server does, by asking again and again. */
final class Until {

  private static final long PAUSE_MILLIS = 20;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Until() {}

  /** Waits until {@code condition} holds; {@code what} completes "waited ... for". */
  static void holds(String what, BooleanSupplier condition) {
    InstantSource clock = InstantSource.system();
    Instant deadline = clock.instant().plus(LIMIT);
    CountDownLatch never = new CountDownLatch(1);
    try {
      while (!condition.getAsBoolean()) {
        if (clock.instant().isAfter(deadline)) {
          throw new IllegalStateException("waited " + LIMIT.toSeconds() + " s for " + what);
        }
        var _ = never.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + what, e);
    }
  }
}
