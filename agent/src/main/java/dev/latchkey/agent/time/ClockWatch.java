package dev.latchkey.agent.time;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Finds jumps of the wall clock, as after a suspended machine or a corrected clock.
 *
 * <p>Every {@link #PERIOD} the progress of the wall clock is held against that of the clock that
 * never goes back; a difference of more than {@link #TOLERANCE} is told to every listener, which
 * plans its schedules again.
 */
public final class ClockWatch implements AutoCloseable {

  /** How often the clocks are compared. */
  public static final Duration PERIOD = Duration.ofSeconds(15);

  /** The greatest difference that is not a jump. */
  public static final Duration TOLERANCE = Duration.ofSeconds(5);

  private final TimeSource time;
  private final Timers timers;
  private final List<Consumer<Duration>> listeners = new CopyOnWriteArrayList<>();
  private volatile Timers.Timer next = () -> {};
  private volatile boolean closed;

  public ClockWatch(TimeSource time, Timers timers) {
    this.time = time;
    this.timers = timers;
  }

  /** Begins to compare. */
  public void start() {
    plan(time.now(), time.nanoTime());
  }

  /**
   * Tells {@code listener} of each jump: positive when the wall clock went ahead. Called on a
   * virtual thread.
   */
  public void onJump(Consumer<Duration> listener) {
    listeners.add(listener);
  }

  private void plan(Instant wall, long nanos) {
    if (!closed) {
      next = timers.schedule(PERIOD, () -> compare(wall, nanos));
    }
  }

  private void compare(Instant wall, long nanos) {
    Instant wallNow = time.now();
    long nanosNow = time.nanoTime();
    Duration jump = Duration.between(wall, wallNow).minusNanos(nanosNow - nanos);
    plan(wallNow, nanosNow);
    if (jump.abs().compareTo(TOLERANCE) > 0) {
      listeners.forEach(listener -> listener.accept(jump));
    }
  }

  @Override
  public void close() {
    closed = true;
    next.cancel();
  }
}
