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
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Platform threads for what may block inside a file system: a few at once for each of them, with
 * room of its own for what is written there, so that one that hangs keeps waiting what lies below
 * it, and nothing else. What is taken back waits for no write. Safe for use by several threads.
 */
public final class FileThreads {

  /** How many work below one mount side by side; more would only queue in the file system. */
  static final int AT_ONCE = 4;

  /** After how long without an answer a file system is said to be stuck. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Executor waiting;
  private final Executor blocking;
  private final Function<Path, String> mounts;
  private final long bytes;
  private final WorkRoom common;
  private final TimeSource time;
  private final Timers timers;
  private final Map<String, Lane> lanes = new ConcurrentHashMap<>();

  /**
   * Threads that nothing uses yet.
   *
   * @param waiting runs each task on a virtual thread of its own
   * @param blocking runs each task at once on a platform thread
   * @param mounts tells of a path which mount it lies in; blocks on none
   * @param bytes the room for what is rendered and not yet written, for each mount; all have twice
   *     as much together, but for those that are stuck
   */
  public FileThreads(
      Executor waiting,
      Executor blocking,
      Function<Path, String> mounts,
      long bytes,
      TimeSource time,
      Timers timers) {
    this.waiting = waiting;
    this.blocking = blocking;
    this.mounts = mounts;
    this.bytes = bytes;
    this.common = new WorkRoom(2 * bytes);
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

  /**
   * Writes below {@code where} once it is the turn and there is room, and waits for it.
   *
   * @param most the room that it may need, in bytes
   * @param work given the room that it may need at most, whatever it said
   */
  <T> T write(Path where, Watch watch, long most, Function<WorkRoom, T> work) {
    Lane lane = lane(where);
    return call(lane, lane.writes, watch, call -> inRoom(lane, call, most, work));
  }

  /** What is stuck keeps the room of its own mount, and gives back that of all. */
  private <T> T inRoom(Lane lane, Call call, long most, Function<WorkRoom, T> work) {
    try (WorkRoom.Share _ = lane.room.take(most);
        WorkRoom.Share ofAll = common.take(Math.min(most, bytes))) {
      call.begins(ofAll::close);
      return work.apply(lane.room);
    }
  }

  /** Takes back what is below {@code where}, past whatever waits to be written, and waits. */
  <T> T takeBack(Path where, Watch watch, Supplier<T> work) {
    Lane lane = lane(where);
    return withoutRoom(lane, lane.takeBacks, watch, work);
  }

  /** Does what needs no room, and does not wait for it. */
  <T> CompletableFuture<T> start(Path where, Watch watch, Supplier<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          Lane lane = lane(where);
          return withoutRoom(lane, lane.writes, watch, work);
        },
        waiting);
  }

  private <T> T withoutRoom(Lane lane, Semaphore turns, Watch watch, Supplier<T> work) {
    return call(
        lane,
        turns,
        watch,
        call -> {
          call.begins(() -> {});
          return work.get();
        });
  }

  /**
   * Does {@code work} below {@code where}, without waiting for it.
   *
   * @param failed given what kept it from being done, or failed in it
   */
  public void execute(Path where, Runnable work, Consumer<Throwable> failed) {
    execute(() -> lane(where), NOBODY, work, failed);
  }

  /** As {@link #execute}, but holds up only what is done with the very same file. */
  void executeApart(Path file, Watch watch, Runnable work, Consumer<Throwable> failed) {
    execute(() -> lane("the file " + file), watch, work, failed);
  }

  private void execute(Supplier<Lane> of, Watch watch, Runnable work, Consumer<Throwable> failed) {
    waiting.execute(
        () -> {
          try {
            Lane lane = of.get();
            withoutRoom(
                lane,
                lane.writes,
                watch,
                () -> {
                  work.run();
                  return lane;
                });
          } catch (Throwable failure) {
            failed.accept(failure);
          }
        });
  }

  private Lane lane(Path where) {
    return lane(mounts.apply(where));
  }

  private Lane lane(String name) {
    return lanes.computeIfAbsent(name, none -> new Lane(bytes, time));
  }

  private <T> T call(Lane lane, Semaphore turns, Watch watch, Function<Call, T> work) {
    try (Call call = new Call(lane, watch)) {
      turns.acquireUninterruptibly();
      try {
        return on(blocking, () -> work.apply(call));
      } finally {
        lane.answered();
        turns.release();
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

    private final Semaphore writes = new Semaphore(AT_ONCE, true);
    private final Semaphore takeBacks = new Semaphore(AT_ONCE, true);
    private final WorkRoom room;
    private final TimeSource time;
    private volatile long answeredAt;

    Lane(long bytes, TimeSource time) {
      this.room = new WorkRoom(bytes);
      this.time = time;
      this.answeredAt = time.nanoTime();
    }

    void answered() {
      answeredAt = time.nanoTime();
    }
  }

  /** Looks after one call: it is stuck when it, or all that it waits for, got no answer so long. */
  private final class Call implements AutoCloseable {

    private final Lane lane;
    private final Watch watch;
    private final long madeAt = time.nanoTime();
    private Runnable then = () -> {};
    private long begunAt;
    private boolean begun;
    private boolean stuck;
    private boolean closed;
    private Timers.Timer timer;

    Call(Lane lane, Watch watch) {
      this.lane = lane;
      this.watch = watch;
      this.timer = timers.schedule(PATIENCE, this::look);
    }

    /** The file system is asked from now on; when it is stuck, {@code action} is run. */
    synchronized void begins(Runnable action) {
      begun = true;
      begunAt = time.nanoTime();
      then = action;
      timer.cancel();
      timer = timers.schedule(PATIENCE, this::look);
    }

    private synchronized void look() {
      if (closed) {
        return;
      }
      long now = time.nanoTime();
      long since = begun ? now - begunAt : Math.min(now - madeAt, now - lane.answeredAt);
      if (since < PATIENCE.toNanos()) {
        timer.cancel();
        timer = timers.schedule(PATIENCE.minusNanos(since), this::look);
        return;
      }
      then.run();
      if (!stuck) {
        stuck = true;
        watch.stuck();
      }
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
