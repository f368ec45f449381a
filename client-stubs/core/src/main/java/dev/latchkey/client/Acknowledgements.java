package dev.latchkey.client;

import dev.latchkey.client.LatchkeyException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that the agent learns what a watch acknowledged, under every subscription that the
 * watch ever had.
 *
 * <p>The agent keeps the holder of a stream that broke, so an acknowledgement of the newest
 * subscription alone would leave the older ones holding an old version. Each acknowledgement goes
 * to every subscription that is still owing one, is repeated with backoff while the agent is away,
 * and gives way to a later one for the same secret. Safe for any thread.
 */
final class Acknowledgements {

  private static final int MAX_OWING = 256;

  private final Sender sender;
  private final Surroundings surroundings;
  private final ReconnectDelay delay;
  private final Map<String, Set<String>> owing = new HashMap<>();
  private final Map<String, Acknowledgement> newest = new HashMap<>();
  private @Nullable String subscription;
  private boolean closed;

  Acknowledgements(Sender sender, Surroundings surroundings, ReconnectDelay delay) {
    this.sender = sender;
    this.surroundings = surroundings;
    this.delay = delay;
  }

  /** Sends one acknowledgement; never blocks. */
  interface Sender {
    CompletableFuture<Void> send(String subscriptionId, String name, long version);
  }

  /** A stream began, resuming from {@code held}; what was acknowledged before is told to it too. */
  void started(String subscriptionId, Map<String, StateId> held) {
    List<Acknowledgement> again = new ArrayList<>();
    synchronized (this) {
      subscription = subscriptionId;
      held.keySet().forEach(this::owe);
      newest
          .values()
          .forEach(
              last -> {
                StateId now = held.get(last.name);
                if (now != null && now.sameEpoch(last.state)) {
                  last.remaining.add(subscriptionId);
                  again.add(last);
                }
              });
    }
    again.forEach(acknowledgement -> transmit(acknowledgement, subscriptionId, 0));
  }

  /**
   * The open stream was given a version of {@code name}; one of another epoch makes older debts
   * void.
   */
  synchronized void given(String name, boolean snapshot) {
    if (snapshot) {
      owing.remove(name);
      Acknowledgement last = newest.remove(name);
      if (last != null) {
        last.fail(Reason.CONFLICT, "The agent's epoch is another one by now");
      }
    }
    owe(name);
  }

  CompletableFuture<Void> acknowledge(String name, StateId state) {
    Acknowledgement acknowledgement = new Acknowledgement(name, state);
    List<String> subscriptions;
    synchronized (this) {
      if (closed) {
        acknowledgement.fail(Reason.CLOSED, "The watch is closed");
        return acknowledgement.done;
      }
      owe(name);
      subscriptions = List.copyOf(owing.getOrDefault(name, Set.of()));
      acknowledgement.remaining.addAll(subscriptions);
      Acknowledgement before = newest.put(name, acknowledgement);
      if (before != null) {
        before.giveWayTo(acknowledgement);
      }
    }
    subscriptions.forEach(id -> transmit(acknowledgement, id, 0));
    return acknowledgement.done.copy();
  }

  void close() {
    List<Acknowledgement> open;
    synchronized (this) {
      closed = true;
      open = List.copyOf(newest.values());
      newest.clear();
    }
    open.forEach(last -> last.fail(Reason.CLOSED, "The watch is closed"));
  }

  private void owe(String name) {
    if (subscription == null) {
      return;
    }
    Set<String> debts = owing.computeIfAbsent(name, key -> new LinkedHashSet<>());
    debts.add(subscription);
    if (debts.size() > MAX_OWING) {
      Iterator<String> oldest = debts.iterator();
      oldest.next();
      oldest.remove();
    }
  }

  private void transmit(Acknowledgement acknowledgement, String id, int failures) {
    synchronized (this) {
      if (closed || newest.get(acknowledgement.name) != acknowledgement) {
        return;
      }
    }
    var unused =
        sender
            .send(id, acknowledgement.name, acknowledgement.state.version())
            .whenComplete(
                (sent, failure) -> {
                  if (failure == null || !mendable(LatchkeyException.from(failure))) {
                    settled(acknowledgement, id, failure);
                  } else {
                    Duration wait = delay.after(failures + 1, surroundings.random());
                    surroundings
                        .timers()
                        .schedule(wait, () -> transmit(acknowledgement, id, failures + 1));
                  }
                });
  }

  /** A subscription that the agent does not know, or will not hear of, owes nothing any more. */
  private void settled(Acknowledgement acknowledgement, String id, @Nullable Throwable failure) {
    boolean isCurrent;
    boolean complete;
    synchronized (this) {
      isCurrent = id.equals(subscription);
      if (!isCurrent && newest.get(acknowledgement.name) == acknowledgement) {
        owing.getOrDefault(acknowledgement.name, Set.of()).remove(id);
      }
      acknowledgement.remaining.remove(id);
      complete = acknowledgement.remaining.isEmpty();
    }
    if (failure != null && isCurrent) {
      acknowledgement.done.completeExceptionally(LatchkeyException.from(failure));
    } else if (complete) {
      surroundings.executor().execute(() -> acknowledgement.done.complete(null));
    }
  }

  private static boolean mendable(LatchkeyException failure) {
    return switch (failure.reason()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, LIMIT_EXCEEDED, INTERNAL, CANCELLED -> true;
      default -> false;
    };
  }

  /** One acknowledgement under way. */
  private static final class Acknowledgement {

    private final String name;
    private final StateId state;
    private final Set<String> remaining = new LinkedHashSet<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    Acknowledgement(String name, StateId state) {
      this.name = name;
      this.state = state;
    }

    void fail(Reason reason, String message) {
      done.completeExceptionally(new LatchkeyException(reason, message));
    }

    /** The later one says more, so it speaks for this one too. */
    void giveWayTo(Acknowledgement later) {
      var unused =
          later.done.whenComplete(
              (sent, failure) -> {
                if (failure == null) {
                  done.complete(null);
                } else {
                  done.completeExceptionally(failure);
                }
              });
    }
  }
}
