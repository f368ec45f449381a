package dev.latchkey.agent.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.TreeSet;

/**
 * Clock, timers and executor in one: time stands still until {@link #advance} runs what comes due,
 * in order, on the calling thread. Nothing runs inside {@link #schedule}. Safe for use by several
 * threads; one of them advances.
 */
public final class FakeTime implements TimeSource, Timers {

  private final TreeSet<Due> queue =
      new TreeSet<>(Comparator.comparingLong(Due::nanos).thenComparingLong(Due::order));
  private Instant wall = Instant.parse("2026-01-01T00:00:00Z");
  private long nanos;
  private long order;

  @Override
  public synchronized Instant now() {
    return wall;
  }

  @Override
  public synchronized long nanoTime() {
    return nanos;
  }

  @Override
  public synchronized Timer schedule(Duration delay, Runnable task) {
    Due due = new Due(nanos + Math.max(delay.toNanos(), 0), order++, task);
    queue.add(due);
    return () -> cancel(due);
  }

  private synchronized void cancel(Due due) {
    queue.remove(due);
  }

  /** Lets time pass, and runs what comes due in between, in order, each at its own moment. */
  public void advance(Duration by) {
    long until = nanoTime() + by.toNanos();
    for (Runnable task = nextDue(until); task != null; task = nextDue(until)) {
      task.run();
    }
    moveTo(until);
  }

  /** Lets the wall clock jump; no timer knows of it. */
  public synchronized void jump(Duration by) {
    wall = wall.plus(by);
  }

  /** Forgets every task, as the end of a process does. */
  public synchronized void drop() {
    queue.clear();
  }

  /** How many tasks wait. */
  public synchronized int pending() {
    return queue.size();
  }

  private synchronized @org.jspecify.annotations.Nullable Runnable nextDue(long until) {
    if (queue.isEmpty() || queue.first().nanos() > until) {
      return null;
    }
    Due due = queue.removeFirst();
    moveTo(Math.max(due.nanos(), nanos));
    return due.task();
  }

  private synchronized void moveTo(long to) {
    wall = wall.plusNanos(to - nanos);
    nanos = to;
  }

  private record Due(long nanos, long order, Runnable task) {}
}
