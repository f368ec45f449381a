package dev.latchkey.client;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * What a watch needs of the world, so that a test can bring its own.
 *
 * @param clock tells the time
 * @param timers decides when
 * @param random spreads the waits
 * @param executor runs the listeners
 */
record Surroundings(Clock clock, Timers timers, RandomGenerator random, Executor executor) {

  /** The two clocks of a machine. */
  interface Clock {
    /** A point in time that only this clock can compare. */
    Mark mark();

    /** The wall clock, for lifetimes that the agent states as instants. */
    Instant now();

    /**
     * How long ago {@code mark} was, by whichever clock says more: the monotonic one stands still
     * while a machine is suspended, and the wall clock can be set back.
     */
    default Duration since(Mark mark) {
      Mark now = mark();
      Duration monotonic = Duration.ofNanos(now.nanos() - mark.nanos());
      Duration wall = Duration.between(mark.at(), now.at());
      return wall.compareTo(monotonic) > 0 ? wall : monotonic;
    }
  }

  /** A point in time on both clocks. */
  record Mark(long nanos, Instant at) {}

  /** Runs work later. */
  interface Timers {
    /**
     * Runs {@code work}, which must not block, after {@code delay}; the returned handle calls it
     * off.
     */
    Runnable schedule(Duration delay, Runnable work);
  }

  /** The machine's own clocks. */
  static Clock systemClock() {
    return new Clock() {
      @Override
      public Mark mark() {
        return new Mark(System.nanoTime(), Instant.now());
      }

      @Override
      public Instant now() {
        return Instant.now();
      }
    };
  }

  /** Timers on one daemon thread, which the caller ends. */
  static ScheduledExecutorService timerThread() {
    ScheduledThreadPoolExecutor thread =
        new ScheduledThreadPoolExecutor(1, DaemonThreads.named("latchkey-timer"));
    thread.setRemoveOnCancelPolicy(true);
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return thread;
  }

  /** Timers of {@code thread}; after its end nothing runs any more. */
  static Timers timers(ScheduledExecutorService thread) {
    return (delay, work) -> {
      try {
        ScheduledFuture<?> scheduled = thread.schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
      } catch (RejectedExecutionException ended) {
        return () -> {};
      }
    };
  }

  /** A pool of daemon threads that grows with the work and shrinks to nothing. */
  static java.util.concurrent.ExecutorService callbackThreads() {
    java.util.concurrent.ThreadPoolExecutor pool =
        (java.util.concurrent.ThreadPoolExecutor)
            Executors.newCachedThreadPool(DaemonThreads.named("latchkey-client"));
    pool.setKeepAliveTime(10, TimeUnit.SECONDS);
    return pool;
  }
}
