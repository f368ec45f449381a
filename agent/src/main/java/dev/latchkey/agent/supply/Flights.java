package dev.latchkey.agent.supply;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.time.Answers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * One upstream read for any number of simultaneous callers of a name.
 *
 * <p>The read runs on a thread of its own, so that a caller that goes away takes nobody's answer
 * with it.
 */
final class Flights {

  private final ConcurrentHashMap<SecretName, CompletableFuture<SecretState>> flights =
      new ConcurrentHashMap<>();
  private final Executor threads;

  /**
   * None under way.
   *
   * @param threads runs each task on a virtual thread of its own
   */
  Flights(Executor threads) {
    this.threads = threads;
  }

  /** Waits until the read under way is over, however it ends. */
  void settle(SecretName name) {
    CompletableFuture<SecretState> flight = flights.get(name);
    if (flight != null) {
      boolean _ = flight.handle((state, failure) -> true).join();
    }
  }

  /** Joins the read under way, or begins {@code read}, and waits for it. */
  SecretState join(SecretName name, Supplier<SecretState> read) {
    return Answers.await(begin(name, read), "the read of " + name);
  }

  /** Begins {@code read} unless one is under way; whoever joins learns how it ended. */
  void launch(SecretName name, Supplier<SecretState> read) {
    var _ = begin(name, read);
  }

  private CompletableFuture<SecretState> begin(SecretName name, Supplier<SecretState> read) {
    CompletableFuture<SecretState> mine = new CompletableFuture<>();
    CompletableFuture<SecretState> first = flights.putIfAbsent(name, mine);
    if (first != null) {
      return first;
    }
    try {
      threads.execute(() -> fly(name, read, mine));
    } catch (RejectedExecutionException closed) {
      flights.remove(name, mine);
      mine.completeExceptionally(
          SecretException.of(Reason.UNAVAILABLE, "the agent is shutting down", closed));
    }
    return mine;
  }

  private void fly(
      SecretName name, Supplier<SecretState> read, CompletableFuture<SecretState> flight) {
    try {
      SecretState state = read.get();
      flights.remove(name, flight);
      flight.complete(state);
    } catch (RuntimeException | Error failure) {
      flights.remove(name, flight);
      flight.completeExceptionally(failure);
    }
  }
}
