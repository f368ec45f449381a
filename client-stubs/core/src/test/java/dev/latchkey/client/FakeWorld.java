package dev.latchkey.client;

import dev.latchkey.client.Surroundings.Clock;
import dev.latchkey.client.Surroundings.Mark;
import dev.latchkey.client.Surroundings.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** A clock and timers that move only by {@link #advance}, with a random source of a fixed seed. */
final class FakeWorld implements Clock, Timers {

  private final List<Due> due = new ArrayList<>();
  private Duration monotonic = Duration.ZERO;
  private Instant wall = Instant.parse("2026-01-01T00:00:00Z");

  /** Surroundings in which listeners run at once on the thread that has the news. */
  Surroundings surroundings() {
    return new Surroundings(this, this, new Random(7), Runnable::run);
  }

  @Override
  public synchronized Mark mark() {
    return new Mark(monotonic.toNanos(), wall);
  }

  @Override
  public synchronized Instant now() {
    return wall;
  }

  @Override
  public synchronized Runnable schedule(Duration delay, Runnable work) {
    Due added = new Due(monotonic.plus(delay), work);
    due.add(added);
    return () -> remove(added);
  }

  /** Moves both clocks, running what is due in order. */
  void advance(Duration by) {
    Duration end;
    synchronized (this) {
      end = monotonic.plus(by);
    }
    for (Due next = nextUntil(end); next != null; next = nextUntil(end)) {
      next.work.run();
    }
    synchronized (this) {
      moveTo(end);
    }
  }

  /** Moves the wall clock alone, as a suspended machine does. */
  synchronized void suspend(Duration by) {
    wall = wall.plus(by);
  }

  synchronized int pending() {
    return due.size();
  }

  private synchronized void remove(Due gone) {
    due.remove(gone);
  }

  private synchronized @org.jspecify.annotations.Nullable Due nextUntil(Duration end) {
    Due first = due.stream().min(Comparator.comparing(Due::at)).orElse(null);
    if (first == null || first.at.compareTo(end) > 0) {
      return null;
    }
    due.remove(first);
    moveTo(first.at);
    return first;
  }

  private void moveTo(Duration at) {
    if (at.compareTo(monotonic) > 0) {
      wall = wall.plus(at.minus(monotonic));
      monotonic = at;
    }
  }

  private record Due(Duration at, Runnable work) {}
}
