package dev.latchkey.agent.schedule;

import dev.latchkey.agent.secret.Lifetime;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * When a value is read again, ahead of the moment at which it would be missed.
 *
 * <p>An unleased value is confirmed every {@code refresh}, a leased one at two thirds of its
 * remaining life; either is drawn up to a tenth earlier, so that many do not come due together. A
 * pure function.
 */
public final class RefreshSchedule {

  private static final double JITTER = 0.1;

  private RefreshSchedule() {}

  /** How long from {@code now} until the next read. Never negative. */
  public static Duration next(
      Lifetime lifetime, Duration refresh, Instant now, RandomGenerator random) {
    Duration span =
        switch (lifetime) {
          case Lifetime.Unleased unleased -> refresh;
          case Lifetime.Leased leased -> shorter(refresh, twoThirds(now, leased.expiresAt()));
        };
    long nanos = (long) (span.toNanos() * (1 - JITTER * random.nextDouble()));
    return Duration.ofNanos(Math.max(nanos, 0));
  }

  private static Duration twoThirds(Instant now, Instant end) {
    return Duration.between(now, end).multipliedBy(2).dividedBy(3);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
