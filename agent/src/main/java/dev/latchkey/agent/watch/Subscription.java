package dev.latchkey.agent.watch;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.consumer.Holder;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One open watch: its slots, and one worker at a time that takes what changed and sends it.
 *
 * <p>Whoever offers a state marks its slot and wakes the worker; the worker runs on a virtual
 * thread, and only while the sink is ready. No lock is held while the store is asked or the sink is
 * called.
 */
final class Subscription implements Watches.Watch {

  private static final Duration STORE_RETRY = Duration.ofSeconds(1);

  private final SlottedWatches watches;
  private final Caller caller;
  private final String id;
  private final Holder holder;
  private final boolean metadataOnly;
  private final Watches.Sink sink;
  private final Executor executor;
  private final Map<SecretName, Slot> slots = new LinkedHashMap<>();
  private final SequencedSet<Slot> marked = new LinkedHashSet<>();
  private int unsettled;
  private @Nullable WatchEvent first;
  private boolean caughtUp;
  private boolean working;
  private boolean again;
  private boolean closed;

  Subscription(
      SlottedWatches watches,
      Caller caller,
      String id,
      Watches.Request request,
      Watches.Sink sink,
      Epoch epoch,
      Executor executor) {
    this.watches = watches;
    this.caller = caller;
    this.id = id;
    this.holder = new Holder(Holder.Kind.WATCH, id, request.acknowledges());
    this.metadataOnly = request.metadataOnly();
    this.sink = sink;
    this.executor = executor;
    this.first = new WatchEvent.Started(id, epoch);
    request
        .wanted()
        .forEach(wanted -> slots.put(wanted.name(), new Slot(wanted.name(), wanted.held())));
    this.unsettled = slots.size();
  }

  @Override
  public String subscriptionId() {
    return id;
  }

  Caller caller() {
    return caller;
  }

  Holder holder() {
    return holder;
  }

  boolean holdsValues() {
    return !metadataOnly;
  }

  /** The subscription's id, by which its caller acknowledges. */
  String id() {
    return id;
  }

  List<SecretName> names() {
    return List.copyOf(slots.keySet());
  }

  /** Takes a change. Never blocks. */
  void offer(Held held) {
    mark(held.state().name(), slot -> slot.offer(held));
  }

  /** Takes what the first read of a secret brought. */
  void offerRead(Held held) {
    mark(held.state().name(), slot -> slot.offerRead(held));
  }

  /** Takes that a secret cannot be had; answers how often in a row. */
  int offerUnavailable(SecretName name, SecretException why) {
    int[] attempts = new int[1];
    mark(name, slot -> attempts[0] = slot.offerUnavailable(why));
    return attempts[0];
  }

  private void mark(SecretName name, Consumer<Slot> offer) {
    synchronized (this) {
      Slot slot = slots.get(name);
      if (closed || slot == null) {
        return;
      }
      offer.accept(slot);
      marked.add(slot);
    }
    wake();
  }

  /** Whether the subscriber would be sent {@code held}, were it the newest. */
  synchronized boolean lacks(Held held) {
    Slot slot = slots.get(held.state().name());
    return slot != null && slot.lacks(held);
  }

  /** The secrets of which the subscriber was told that they are to be had. */
  synchronized List<SecretName> told() {
    return slots.values().stream().filter(Slot::isTold).map(Slot::name).toList();
  }

  @Override
  public void ready() {
    wake();
  }

  private void wake() {
    synchronized (this) {
      if (closed) {
        return;
      }
      if (working) {
        again = true;
        return;
      }
      working = true;
    }
    try {
      executor.execute(this::work);
    } catch (RejectedExecutionException stopping) {
      close();
    }
  }

  private void work() {
    do {
      try {
        sendWhileReady();
      } catch (SecretException failure) {
        fail(failure);
      } catch (RuntimeException | Error failure) {
        failUnexpectedly(failure);
      }
    } while (goesOn());
  }

  private synchronized boolean goesOn() {
    working = again && !closed;
    again = false;
    return working;
  }

  private void sendWhileReady() {
    while (sink.isReady() && !isClosed()) {
      if (!sendOne()) {
        return;
      }
    }
  }

  /** Sends the next thing there is to send; false when there is none, or it has to wait. */
  private boolean sendOne() {
    WatchEvent start = takeFirst();
    if (start != null) {
      sink.send(start);
      return true;
    }
    Slot slot = takeMarked();
    if (slot == null) {
      return sendCaughtUp();
    }
    if (!watches.mayWatch(caller, slot.name(), metadataOnly)) {
      fail(SlottedWatches.denied());
      return false;
    }
    return keep(slot) && send(slot);
  }

  private synchronized @Nullable WatchEvent takeFirst() {
    WatchEvent start = first;
    first = null;
    return start;
  }

  private synchronized @Nullable Slot takeMarked() {
    return marked.isEmpty() ? null : marked.removeFirst();
  }

  /**
   * Keeps that the subscriber holds what it is about to be sent; on failure marks the slot for
   * later.
   */
  private boolean keep(Slot slot) {
    Optional<Held> next = toSend(slot);
    if (metadataOnly || next.isEmpty()) {
      return true;
    }
    try {
      watches.keep(this, next.get());
      return true;
    } catch (SecretException storeFailed) {
      synchronized (this) {
        marked.add(slot);
      }
      watches.later(STORE_RETRY, this::wake);
      return false;
    }
  }

  /**
   * Sends what is to be sent, unless something newer came while the delivery was kept: then that is
   * next.
   */
  private boolean send(Slot slot) {
    Optional<Held> kept = toSend(slot);
    if (kept.isPresent() && !metadataOnly && !watches.isKept(this, kept.get())) {
      synchronized (this) {
        marked.add(slot);
      }
      return true;
    }
    Optional<WatchEvent> event = take(slot, kept);
    event.ifPresent(sink::send);
    return true;
  }

  private synchronized Optional<Held> toSend(Slot slot) {
    return slot.toSend(now());
  }

  /** Takes the slot's difference, if what it would send is still what was kept. */
  private synchronized Optional<WatchEvent> take(Slot slot, Optional<Held> kept) {
    Instant now = now();
    Optional<Held> next = slot.toSend(now);
    if (next.isPresent() && !kept.equals(next)) {
      marked.add(slot);
      return Optional.empty();
    }
    boolean wasSettled = slot.isSettled();
    Optional<WatchEvent> event = slot.take(now);
    if (!wasSettled) {
      unsettled--;
    }
    return event;
  }

  private Instant now() {
    return watches.now();
  }

  private boolean sendCaughtUp() {
    synchronized (this) {
      if (caughtUp || unsettled > 0) {
        return false;
      }
      caughtUp = true;
    }
    sink.send(new WatchEvent.CaughtUp());
    return true;
  }

  /** Ends the stream with what nobody foresaw. */
  void failUnexpectedly(Throwable why) {
    fail(SecretException.of(Reason.INTERNAL, "the watch failed unexpectedly", why));
  }

  /** Ends the stream with a failure. */
  void fail(RuntimeException why) {
    if (!isClosed()) {
      close();
      sink.fail(why);
    }
  }

  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      marked.clear();
    }
    watches.closed(this);
  }
}
