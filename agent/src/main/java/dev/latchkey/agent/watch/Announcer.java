package dev.latchkey.agent.watch;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.consumer.Holder;
import dev.latchkey.agent.consumer.Holders;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;

/**
 * Brings a change to all of its watchers, having kept them as holders first, all in one write per
 * kind of caller.
 *
 * <p>One worker per secret, so that changes keep their order; a newer change replaces one that
 * still waits.
 */
final class Announcer {

  private final Holders holders;
  private final Executor virtualThreads;
  private final ConcurrentMap<SecretName, Waiting> waiting = new ConcurrentHashMap<>();

  Announcer(Holders holders, Executor virtualThreads) {
    this.holders = holders;
    this.virtualThreads = virtualThreads;
  }

  /** Announces; never blocks. {@code watchers} is live: whoever comes meanwhile may be told too. */
  void announce(Held now, Set<Subscription> watchers, boolean hasHolders) {
    if (!hasHolders) {
      watchers.forEach(watcher -> watcher.offer(now));
      return;
    }
    SecretName name = now.state().name();
    Waiting before = waiting.put(name, new Waiting(now, watchers));
    if (before == null) {
      try {
        virtualThreads.execute(() -> work(name));
      } catch (RejectedExecutionException stopping) {
        waiting.remove(name);
      }
    }
  }

  private void work(SecretName name) {
    Waiting next = waiting.get(name);
    while (next != null) {
      try {
        keep(next);
      } catch (RuntimeException | Error failure) {
        // Each watcher keeps its own delivery again before it is sent to, and ends with what it
        // then meets; here the next change must find a worker.
      }
      Held now = next.now;
      next.watchers.forEach(watcher -> offer(watcher, now));
      next = waiting.remove(name, next) ? null : waiting.get(name);
    }
  }

  private static void offer(Subscription watcher, Held now) {
    try {
      watcher.offer(now);
    } catch (RuntimeException | Error failure) {
      watcher.failUnexpectedly(failure);
    }
  }

  private void keep(Waiting change) {
    Map<Caller, List<Holder>> byCaller =
        change.watchers.stream()
            .filter(Subscription::holdsValues)
            .collect(
                Collectors.groupingBy(
                    watcher -> sameIdentity(watcher.caller()),
                    Collectors.mapping(Subscription::holder, Collectors.toList())));
    SecretState state = change.now.state();
    byCaller.forEach((caller, all) -> keep(state, caller, all));
  }

  /** Callers that differ in nothing that a holder keeps are written together. */
  private static Caller sameIdentity(Caller caller) {
    return new Caller(caller.uid(), caller.gid(), 0, java.util.Optional.empty());
  }

  private void keep(SecretState state, Caller caller, List<Holder> all) {
    try {
      holders.deliver(state.name(), state.id().version(), all, caller);
    } catch (SecretException storeFailed) {
      // Each watcher keeps its own delivery again before it is sent to, and retries by itself.
    }
  }

  /** A change on its way; told apart from another one by identity alone. */
  private static final class Waiting {

    private final Held now;
    private final Set<Subscription> watchers;

    Waiting(Held now, Set<Subscription> watchers) {
      this.now = now;
      this.watchers = watchers;
    }
  }
}
