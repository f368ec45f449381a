package dev.latchkey.jdbc;

import dev.latchkey.client.Credential;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Closes the connections of older versions, spread over the drain window, and then acknowledges.
 *
 * <p>It looks at what is open again and again, because a connection whose login began before the
 * change may join the pool after everything else was evicted. It never closes a connection that the
 * application is using: that one goes when it is given back. Only when the ledger has sealed the
 * version is it acknowledged. Safe for any thread.
 */
final class Drain {

  private static final Duration SHORTEST_STEP = Duration.ofMillis(20);
  private static final Duration LONGEST_STEP = Duration.ofMillis(500);

  private final VersionLedger ledger;
  private final Predicate<TaggedConnection> evictor;
  private final Function<Credential, CompletableFuture<Void>> acknowledge;
  private final Duration window;
  private final PoolTime time;
  private @Nullable Credential target;
  private long endNanos;
  private int total;
  private Duration step = SHORTEST_STEP;
  private boolean closed;

  /**
   * {@code evictor} asks the pool to let a connection go, and says false when that must be asked
   * again.
   */
  Drain(
      VersionLedger ledger,
      Predicate<TaggedConnection> evictor,
      Function<Credential, CompletableFuture<Void>> acknowledge,
      Duration window,
      PoolTime time) {
    this.ledger = ledger;
    this.evictor = evictor;
    this.acknowledge = acknowledge;
    this.window = window;
    this.time = time;
  }

  /** Begins anew for {@code current}; a drain under way gives way to it. */
  void begin(Credential current) {
    synchronized (this) {
      if (closed || current.equals(target)) {
        return;
      }
      target = current;
      endNanos = time.nanos() + window.toNanos();
      total = Math.max(1, ledger.older(VersionKey.of(current)).size());
      step = clamp(window.dividedBy(total));
    }
    step(current);
  }

  /** Something closed: perhaps it was the last. */
  void look() {
    finish();
  }

  synchronized void close() {
    closed = true;
    target = null;
  }

  /**
   * Evicts this step's share of what is older, then looks again later unless nothing older is left.
   */
  private void step(Credential drained) {
    VersionKey version = VersionKey.of(drained);
    evictShare(ledger.older(version).stream().filter(c -> !c.isEvicted()).toList());
    if (stillDraining(drained) && !finish()) {
      Duration pause;
      synchronized (this) {
        pause = step;
      }
      time.schedule(
          pause,
          () -> {
            if (stillDraining(drained)) {
              step(drained);
            }
          });
    }
  }

  private void evictShare(List<TaggedConnection> left) {
    long due = share(left.size());
    for (TaggedConnection connection : left) {
      if (due > 0 && evictor.test(connection)) {
        connection.evicted();
        due--;
      }
    }
  }

  /** How many of so many are due now, for the first to go at once and the last before the end. */
  private synchronized long share(int left) {
    long nanosLeft = endNanos - time.nanos();
    if (nanosLeft <= 0) {
      return left;
    }
    double mayStay = Math.ceil((double) total * nanosLeft / window.toNanos()) - 1;
    return left - (long) mayStay;
  }

  private boolean finish() {
    Credential done;
    synchronized (this) {
      done = target;
      if (done == null || !ledger.seal(VersionKey.of(done))) {
        return false;
      }
      target = null;
    }
    VersionKey version = VersionKey.of(done);
    var unused =
        acknowledge
            .apply(done)
            .whenComplete(
                (sent, failure) -> {
                  if (failure == null) {
                    ledger.acknowledged(version);
                  }
                });
    return true;
  }

  private synchronized boolean stillDraining(Credential drained) {
    return drained.equals(target);
  }

  private static Duration clamp(Duration step) {
    if (step.compareTo(SHORTEST_STEP) < 0) {
      return SHORTEST_STEP;
    }
    return step.compareTo(LONGEST_STEP) > 0 ? LONGEST_STEP : step;
  }
}
