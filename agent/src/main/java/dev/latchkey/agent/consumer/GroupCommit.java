package dev.latchkey.agent.consumer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets deliveries that come while a transaction runs share the next one.
 *
 * <p>The caller that finds nobody committing commits for all who queue, once; those who queued
 * meanwhile are committed by one of themselves or by the next round, and every caller waits for its
 * own part. No lock is held.
 */
final class GroupCommit {

  private final ConcurrentLinkedQueue<Part> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean committing = new AtomicBoolean();
  private final Consumer<List<Holding>> write;

  /**
   * Nothing queued.
   *
   * @param write writes all it is given in one transaction
   */
  GroupCommit(Consumer<List<Holding>> write) {
    this.write = write;
  }

  private record Part(List<Holding> holdings, CompletableFuture<Boolean> done) {}

  /** Returns once {@code holdings} are kept. */
  void commit(List<Holding> holdings) {
    Part mine = new Part(holdings, new CompletableFuture<>());
    queue.add(mine);
    while (!queue.isEmpty() && committing.compareAndSet(false, true)) {
      try {
        writeQueued();
      } finally {
        committing.set(false);
      }
    }
    try {
      mine.done().join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException why ? why : failed;
    }
  }

  /** How many wait for the next transaction. */
  int queued() {
    return queue.size();
  }

  private void writeQueued() {
    List<Part> parts = new ArrayList<>();
    List<Holding> holdings = new ArrayList<>();
    for (@Nullable Part part = queue.poll(); part != null; part = queue.poll()) {
      parts.add(part);
      holdings.addAll(part.holdings());
    }
    try {
      if (!holdings.isEmpty()) {
        write.accept(holdings);
      }
      parts.forEach(part -> part.done().complete(true));
    } catch (RuntimeException | Error failure) {
      parts.forEach(part -> part.done().completeExceptionally(failure));
    }
  }
}
