package dev.latchkey.agent.inject;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Room for what is being rendered and written, shared by all deliveries: many that change at once
 * take turns, in place of the memory that all of them would need. Safe for use by several threads.
 */
public final class WorkRoom {

  /** How many deliveries find room at most; more would only queue for the file system. */
  static final int AT_ONCE = 8;

  /** By how much a format makes of a value, at most: as JSON writes control characters. */
  private static final int GROWTH = 6;

  private final int bytes;
  private final Semaphore free;

  /** Room for that many bytes. */
  public WorkRoom(long bytes) {
    this.bytes = Math.clamp(bytes, AT_ONCE, Integer.MAX_VALUE);
    this.free = new Semaphore(this.bytes, true);
  }

  /**
   * Does {@code work} once there is room for it; what needs more than there is gets all. Blocks.
   *
   * @param weight that of the values, in bytes
   */
  <T> T with(long weight, Supplier<T> work) {
    int taken = Math.clamp(weight * GROWTH, bytes / AT_ONCE, bytes);
    free.acquireUninterruptibly(taken);
    try {
      return work.get();
    } finally {
      free.release(taken);
    }
  }
}
