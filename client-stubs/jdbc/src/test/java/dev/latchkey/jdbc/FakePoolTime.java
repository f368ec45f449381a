package dev.latchkey.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pool's time that moves only by {@link #advance}. */
final class FakePoolTime implements PoolTime {

  private final List<Due> due = new ArrayList<>();
  private long nanos;

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public synchronized Instant now() {
    return Instant.EPOCH.plusNanos(nanos);
  }

  @Override
  public synchronized void schedule(Duration delay, Runnable work) {
    due.add(new Due(nanos + delay.toNanos(), work));
  }

  @Override
  public void close() {}

  /** Moves the clock, running what is due in order. */
  void advance(Duration by) {
    long end = nanos() + by.toNanos();
    for (Due next = nextUntil(end); next != null; next = nextUntil(end)) {
      next.work.run();
    }
    synchronized (this) {
      nanos = end;
    }
  }

  private synchronized @Nullable Due nextUntil(long end) {
    Due first = due.stream().min(Comparator.comparingLong(Due::at)).orElse(null);
    if (first == null || first.at > end) {
      return null;
    }
    due.remove(first);
    nanos = Math.max(nanos, first.at);
    return first;
  }

  private record Due(long at, Runnable work) {}
}
