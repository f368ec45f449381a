package dev.latchkey.demo.application;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One thread of the application: transaction after transaction, with no retry of its own, until
 * told to stop.
 */
final class Worker implements Runnable {

  private static final long PAUSE_AFTER_FAILURE_MILLIS = 50;

  private final Pool pool;
  private final Mix mix;
  private final Tally tally;
  private final InstantSource clock;
  private final CountDownLatch stop;

  Worker(Pool pool, Mix mix, Tally tally, InstantSource clock, CountDownLatch stop) {
    this.pool = pool;
    this.mix = mix;
    this.tally = tally;
    this.clock = clock;
    this.stop = stop;
  }

  @Override
  public void run() {
    try {
      boolean stopped = false;
      while (!stopped) {
        stopped = stop.await(one() ? 0 : PAUSE_AFTER_FAILURE_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean one() {
    try (Connection connection = pool.take()) {
      Instant takenAt = clock.instant();
      tally.done(takenAt, mix.next().run(connection));
      return true;
    } catch (SQLException | RuntimeException | Error failed) {
      // Whatever it was, it was a failed transaction, and a worker that died would hide the next.
      tally.failed(clock.instant(), failed);
      return false;
    }
  }
}
