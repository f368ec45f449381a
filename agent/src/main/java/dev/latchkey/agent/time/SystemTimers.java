package dev.latchkey.agent.time;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One daemon thread that decides when; the work itself goes to {@code workers}, a virtual thread
 * each.
 *
 * <p>Closing it cancels what has not begun; it does not wait for work that has.
 */
public final class SystemTimers implements Timers, AutoCloseable {

  private final Executor workers;
  private final ScheduledThreadPoolExecutor clock;

  public SystemTimers(Executor workers) {
    this.workers = workers;
    this.clock =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("latchkey-timer").factory());
    clock.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    if (clock.isShutdown()) {
      return () -> {};
    }
    ScheduledFuture<?> due =
        clock.schedule(() -> workers.execute(task), nanos(delay), TimeUnit.NANOSECONDS);
    return () -> due.cancel(false);
  }

  /** A delay beyond what the clock can count, some 292 years, is as long as it can. */
  private static long nanos(Duration delay) {
    return Math.max(TimeUnit.NANOSECONDS.convert(delay), 0);
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
