package dev.latchkey.jdbc;

import dev.latchkey.client.Credential;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  /** What the overlap is to have left when the last connection goes; a tenth of a short one. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  private final VersionLedger ledger;
  private final Predicate<TaggedConnection> evictor;
  private final Function<Credential, CompletableFuture<Void>> acknowledge;
  private final Duration longest;
  private final PoolTime time;
  private @Nullable Credential target;
  private Duration window = Duration.ZERO;
  private long endNanos;
  private int total;
  private Duration step = SHORTEST_STEP;
  private boolean closed;

  /**
   * {@code evictor} asks the pool to let a connection go, and says false when that must be asked
   * again; {@code longest} is the window where the overlap leaves room for it.
   */
  Drain(
      VersionLedger ledger,
      Predicate<TaggedConnection> evictor,
      Function<Credential, CompletableFuture<Void>> acknowledge,
      Duration longest,
      PoolTime time) {
    this.ledger = ledger;
    this.evictor = evictor;
    this.acknowledge = acknowledge;
    this.longest = longest;
    this.time = time;
  }

  /** Begins anew for {@code current}; a drain under way gives way to it. */
  void begin(Credential current) {
    synchronized (this) {
      if (closed || current.equals(target)) {
        return;
      }
      target = current;
      int older = ledger.older(VersionKey.of(current)).size();
      window = within(current, older);
      endNanos = time.nanos() + window.toNanos();
      total = Math.max(1, older);
      step = clamp(window.dividedBy(total));
    }
    step(current);
  }

  /**
   * The window, cut so that it ends before the database refuses what is older: the retirement ends
   * the sessions that are left, those in use included.
   */
  private Duration within(Credential current, int older) {
    Duration left =
        current
            .previousValidUntilAt()
            .map(end -> Duration.between(time.now(), end))
            .orElse(longest.plus(MARGIN));
    Duration margin = shorter(MARGIN, left.dividedBy(10));
    Duration usable = left.isNegative() ? Duration.ZERO : left.minus(margin);
    if (usable.compareTo(longest) >= 0) {
      return longest;
    }
    if (older > 0) {
      log.warn(
          "The {} older connections of {} are drained within {} ms in place of {} ms, because the"
              + " login before ends {} ms from now; make its overlap longer or the pool's drain"
              + " window shorter.",
          older,
          current.name(),
          usable.toMillis(),
          longest.toMillis(),
          left.toMillis());
    }
    return usable;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
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
