package dev.latchkey.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The clocks and the timer of a pool, so that a test can bring its own. */
interface PoolTime extends AutoCloseable {

  /** A monotonic clock, in nanoseconds. */
  long nanos();

  /** The wall clock, for statistics. */
  Instant now();

  /** Runs {@code work}, which must not block for long, after {@code delay}. */
  void schedule(Duration delay, Runnable work);

  @Override
  void close();

  /** The machine's clocks and one daemon thread. */
  static PoolTime system(String secret) {
    ScheduledThreadPoolExecutor thread =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread daemon = new Thread(work, "latchkey-drain-" + secret);
              daemon.setDaemon(true);
              return daemon;
            });
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return new PoolTime() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public Instant now() {
        return Instant.now();
      }

      @Override
      public void schedule(Duration delay, Runnable work) {
        try {
          var unused = thread.schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
          // The pool is closed; there is nothing left to do later.
        }
      }

      @Override
      public void close() {
        thread.shutdownNow();
      }
    };
  }
}
