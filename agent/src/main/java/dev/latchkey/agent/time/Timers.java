package dev.latchkey.agent.time;

import java.time.Duration;

/**
 * Decides when, never what: a task is handed over to run on a virtual thread of its own when its
 * time has come.
 *
 * <p>Safe for use by several threads. Nothing runs inside {@link #schedule}.
 */
public interface Timers {

  /** Runs {@code task} once after {@code delay}; a negative delay is taken as none. */
  Timer schedule(Duration delay, Runnable task);

  /** One scheduled task. */
  interface Timer {

    /** Keeps the task from running if it has not begun. Idempotent. */
    void cancel();
  }
}
