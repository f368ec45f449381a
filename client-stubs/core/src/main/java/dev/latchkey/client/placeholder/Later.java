package dev.latchkey.client.placeholder;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs work later, never two at once. What runs may block; nothing else waits for it. */
interface Later extends AutoCloseable {

  /** Runs {@code work} after {@code wait}; never, once closed. */
  void run(Duration wait, Runnable work);

  /** Drops what has not begun. */
  @Override
  void close();

  /** On a daemon thread of its own, which is there only while there is something to do. */
  static Later onThread(String name) {
    ScheduledThreadPoolExecutor thread =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread daemon = new Thread(work, name);
              daemon.setDaemon(true);
              return daemon;
            },
            // Nothing comes after the end.
            new ThreadPoolExecutor.DiscardPolicy());
    thread.setKeepAliveTime(5, TimeUnit.SECONDS);
    thread.allowCoreThreadTimeOut(true);
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return new Later() {
      @Override
      public void run(Duration wait, Runnable work) {
        var unused = thread.schedule(work, wait.toNanos(), TimeUnit.NANOSECONDS);
      }

      @Override
      public void close() {
        thread.shutdown();
      }
    };
  }
}
