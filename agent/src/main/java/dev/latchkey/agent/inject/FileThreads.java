package dev.latchkey.agent.inject;

import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Platform threads for what may block inside a file system: a few at once for each of them, so that
 * one that hangs keeps waiting what lies below it, and nothing else. Safe for use by several
 * threads.
 */
public final class FileThreads {

  /** How many work below one mount side by side; more would only queue in the file system. */
  static final int AT_ONCE = 4;

  /** After how long without an answer a file system is said to be stuck. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Executor waiting;
  private final Executor blocking;
  private final UnaryOperator<Path> mounts;
  private final TimeSource time;
  private final Timers timers;
  private final Map<Path, Lane> lanes = new ConcurrentHashMap<>();

  /**
   * Threads that nothing uses yet.
   *
   * @param waiting runs each task on a virtual thread of its own
   * @param blocking runs each task at once on a platform thread
   * @param mounts tells of a path where the file system is mounted that it lies in; blocks on none
   */
  public FileThreads(
      Executor waiting,
      Executor blocking,
      UnaryOperator<Path> mounts,
      TimeSource time,
      Timers timers) {
    this.waiting = waiting;
    this.blocking = blocking;
    this.mounts = mounts;
    this.time = time;
    this.timers = timers;
  }

  /** Is told when a file system is stuck, and when it answered after all; by any thread. */
  interface Watch {

    void stuck();

    void over();
  }

  private static final Watch NOBODY =
      new Watch() {
        @Override
        public void stuck() {}

        @Override
        public void over() {}
      };

  /** Does {@code work} once it is its turn at {@code where}, without waiting for it. */
  public void execute(Path where, Runnable work) {
    waiting.execute(
        () -> {
          try {
            call(
                where,
                NOBODY,
                call -> {
                  work.run();
                  return where;
                });
          } catch (RejectedExecutionException ended) {
            // The agent is gone.
            return;
          }
        });
  }

  /** As {@link #call}, but does not wait for it. */
  <T> CompletableFuture<T> start(Path where, Supplier<T> work) {
    return CompletableFuture.supplyAsync(() -> call(where, NOBODY, call -> work.get()), waiting);
  }

  /** Does {@code work} once it is its turn at {@code where}, and waits for it. */
  <T> T call(Path where, Watch watch, Function<Call, T> work) {
    Lane lane = lanes.computeIfAbsent(mounts.apply(where), mount -> new Lane(time));
    try (Call call = new Call(lane, watch)) {
      lane.turns.acquireUninterruptibly();
      try {
        call.begins();
        return on(blocking, () -> work.apply(call));
      } finally {
        lane.answered();
      }
    }
  }

  private static <T> T on(Executor threads, Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, threads).join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException why ? why : failed;
    }
  }

  /** Whose turn it is below one mount. */
  private static final class Lane {

    private final Semaphore turns = new Semaphore(AT_ONCE, true);
    private final TimeSource time;
    private volatile long answeredAt;

    Lane(TimeSource time) {
      this.time = time;
      this.answeredAt = time.nanoTime();
    }

    void answered() {
      answeredAt = time.nanoTime();
      turns.release();
    }

    boolean isStuck() {
      return time.nanoTime() - answeredAt >= PATIENCE.toNanos();
    }
  }

  /** One call, and whether it is stuck. */
  final class Call implements AutoCloseable {

    private final Lane lane;
    private final Watch watch;
    private Runnable then = () -> {};
    private Timers.Timer timer;
    private boolean begun;
    private boolean stuck;
    private boolean closed;

    private Call(Lane lane, Watch watch) {
      this.lane = lane;
      this.watch = watch;
      this.timer = timers.schedule(PATIENCE, this::look);
    }

    private synchronized void begins() {
      begun = true;
      lookLater();
    }

    /** Has {@code action} run when the file system does not answer from now on. */
    synchronized void whenStuck(Runnable action) {
      then = action;
      lookLater();
    }

    private void lookLater() {
      timer.cancel();
      timer = timers.schedule(PATIENCE, this::look);
    }

    private synchronized void look() {
      if (closed) {
        return;
      }
      if (!begun && !lane.isStuck()) {
        lookLater();
        return;
      }
      if (!stuck) {
        stuck = true;
        watch.stuck();
      }
      then.run();
    }

    @Override
    public synchronized void close() {
      closed = true;
      timer.cancel();
      if (stuck) {
        watch.over();
      }
    }
  }
}
