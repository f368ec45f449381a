package dev.latchkey.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed number of calls by several threads, none sent before its turn in an even pace. A call
 * that fails ends the run.
 */
public final class Paced {

  private final int threads;
  private final long nanosEach;

  /**
   * A pace.
   *
   * @param nanosEach from the turn of one call to that of the next; zero for as fast as it goes
   */
  public Paced(int threads, long nanosEach) {
    this.threads = threads;
    this.nanosEach = nanosEach;
  }

  /** What is called, from several threads at once. */
  public interface Call {

    /**
     * Makes one call.
     *
     * @param turn which one, from zero
     */
    void make(int turn) throws Exception;
  }

  /**
   * Makes so many calls; how many nanoseconds that took, from the first turn to the last answer.
   */
  public long run(int calls, Call call) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    long begun = System.nanoTime();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        running.add(
            pool.submit(
                () -> {
                  for (int turn = next.getAndIncrement();
                      turn < calls;
                      turn = next.getAndIncrement()) {
                    await(begun + turn * nanosEach);
                    call.make(turn);
                  }
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException failed) {
      throw new IllegalStateException("a call failed under load", failed.getCause());
    }
    return System.nanoTime() - begun;
  }

  private static void await(long turnNanos) {
    for (long left = turnNanos - System.nanoTime();
        left > 0;
        left = turnNanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
