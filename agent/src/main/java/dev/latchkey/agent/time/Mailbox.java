package dev.latchkey.agent.time;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Runs tasks one after another, in order, holding no lock while they block: what makes one runner
 * per secret. What a task throws reaches the executor, and takes no later task with it.
 */
public final class Mailbox {

  private final Executor executor;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * Empty.
   *
   * @param executor runs each task on a virtual thread of its own
   */
  public Mailbox(Executor executor) {
    this.executor = executor;
  }

  /** Runs {@code task} after all that was posted before; never blocks. */
  public void post(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() == 0) {
      executor.execute(this::drain);
    }
  }

  /** Runs {@code work} like a task, and answers what it answers or throws; never blocks. */
  public <T> CompletableFuture<T> ask(Supplier<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    post(
        () -> {
          try {
            answer.complete(work.get());
          } catch (Throwable failure) {
            answer.completeExceptionally(failure);
          }
        });
    return answer;
  }

  private void drain() {
    do {
      Runnable task = tasks.poll();
      if (task != null) {
        run(task);
      }
    } while (waiting.decrementAndGet() != 0);
  }

  private void run(Runnable task) {
    boolean done = false;
    try {
      task.run();
      done = true;
    } finally {
      if (!done && waiting.decrementAndGet() != 0) {
        executor.execute(this::drain);
      }
    }
  }
}
