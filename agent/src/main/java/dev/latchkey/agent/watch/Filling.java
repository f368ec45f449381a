package dev.latchkey.agent.watch;

import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;

/**
 * Brings a subscription what it does not hold yet: what is held at once, the rest by reading it, a
 * few at a time.
 *
 * <p>A secret that cannot be had is read again with backoff while the subscription lasts, because
 * nobody else reads a secret that was never held.
 */
final class Filling {

  private static final Backoff AGAIN = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60));
  private static final int READS_AT_ONCE = 16;

  private final SlottedWatches watches;
  private final Subscription subscription;
  private final Current current;
  private final RandomGenerator random;
  private final Executor virtualThreads;
  private final Semaphore reads = new Semaphore(READS_AT_ONCE);

  Filling(
      SlottedWatches watches,
      Subscription subscription,
      Current current,
      RandomGenerator random,
      Executor virtualThreads) {
    this.watches = watches;
    this.subscription = subscription;
    this.current = current;
    this.random = random;
    this.virtualThreads = virtualThreads;
  }

  /** Begins; returns at once. */
  void start(List<SecretName> names) {
    if (!names.isEmpty()) {
      virtualThreads.execute(() -> fill(names));
    }
  }

  private void fill(List<SecretName> names) {
    List<Held> held = new ArrayList<>();
    for (SecretName name : names) {
      current.peek(name).ifPresentOrElse(held::add, () -> virtualThreads.execute(() -> read(name)));
    }
    keepTogether(held);
    held.forEach(subscription::offerRead);
  }

  /**
   * Keeps the deliveries side by side, so that they share the store's writes; each failure is met
   * again later. A single one is left to the worker that sends it.
   */
  private void keepTogether(List<Held> held) {
    List<Held> toKeep =
        held.stream()
            .filter(one -> subscription.lacks(one) && !watches.isKept(subscription, one))
            .toList();
    if (!subscription.holdsValues() || toKeep.size() < 2) {
      return;
    }
    CompletableFuture<?>[] kept =
        toKeep.stream()
            .map(
                one ->
                    CompletableFuture.runAsync(
                            () -> watches.keep(subscription, one), virtualThreads)
                        .exceptionally(storeFailed -> null))
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(kept).join();
  }

  private void read(SecretName name) {
    if (subscription.isClosed()) {
      return;
    }
    reads.acquireUninterruptibly();
    try {
      subscription.offerRead(current.read(name));
    } catch (SecretException unavailable) {
      int attempt = subscription.offerUnavailable(name, unavailable);
      watches.later(AGAIN.delay(Math.max(attempt, 1), random), () -> read(name));
    } finally {
      reads.release();
    }
  }
}
