package dev.latchkey.agent.inject;

import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * When a delivery acts next, in nanoseconds of the clock that never goes back. Confined to its
 * delivery's mailbox.
 *
 * <p>A change is written when its quiet window is over, the last reload has settled, and the last
 * failure was waited out. A reload waits for its own failures alone, and for no time while a change
 * waits: that change's own reload tells of both.
 */
final class Deadlines {

  /** How many quiet windows a change waits at most. */
  private static final int LONGEST = 4;

  private final TimeSource time;
  private final Delivery.Pace pace;
  private boolean changeWaits;
  private boolean reloadWaits;
  private long firstChange;
  private long quietUntil;
  private long settledAt;
  private long writeAgainAt;
  private long reloadAgainAt;

  Deadlines(TimeSource time, Delivery.Pace pace) {
    this.time = time;
    this.pace = pace;
    long now = time.nanoTime();
    firstChange = now;
    quietUntil = now;
    settledAt = now;
    writeAgainAt = now;
    reloadAgainAt = now;
  }

  boolean changeWaits() {
    return changeWaits;
  }

  boolean reloadWaits() {
    return reloadWaits;
  }

  /** Something changed, which is new hope for what failed. */
  void changed() {
    long now = time.nanoTime();
    if (!changeWaits) {
      firstChange = now;
    }
    changeWaits = true;
    quietUntil =
        earlier(
            now + pace.quiet().toNanos(),
            firstChange + pace.quiet().multipliedBy(LONGEST).toNanos());
    writeAgainAt = now;
  }

  /** What waits is written without waiting for quiet, as at the start. */
  void changedAtStart() {
    changed();
    quietUntil = time.nanoTime();
  }

  void written(boolean reload) {
    changeWaits = false;
    if (reload) {
      reloadWaits = true;
      reloadAgainAt = time.nanoTime();
    }
  }

  void notWritten(Duration again) {
    changeWaits = true;
    writeAgainAt = time.nanoTime() + again.toNanos();
  }

  void reloaded() {
    reloadWaits = false;
    settles();
  }

  /** The program may have begun to read, so it is given the time to end. */
  void notReloaded(Duration again) {
    reloadAgainAt = time.nanoTime() + again.toNanos();
    settles();
  }

  private void settles() {
    settledAt = time.nanoTime() + pace.settle().toNanos();
  }

  /** How long until there is something to do, at most zero for now; empty for nothing to do. */
  OptionalLong untilNext() {
    if (!changeWaits && !reloadWaits) {
      return OptionalLong.empty();
    }
    long next = changeWaits ? later(later(quietUntil, settledAt), writeAgainAt) : reloadAgainAt;
    return OptionalLong.of(next - time.nanoTime());
  }

  private static long later(long a, long b) {
    return a - b > 0 ? a : b;
  }

  private static long earlier(long a, long b) {
    return a - b > 0 ? b : a;
  }
}
