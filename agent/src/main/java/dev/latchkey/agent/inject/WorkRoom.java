package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Room for what is being rendered and written, shared by many deliveries: those that change at once
 * take turns, in place of the memory that all of them would need. Safe for use by several threads.
 */
final class WorkRoom {

  /** How many deliveries find room at most; more would only queue for the file system. */
  static final int AT_ONCE = 8;

  private final int bytes;
  private final Semaphore free;

  /** Room for that many bytes. */
  WorkRoom(long bytes) {
    this.bytes = Math.clamp(bytes, AT_ONCE, Integer.MAX_VALUE);
    this.free = new Semaphore(this.bytes, true);
  }

  /**
   * Takes room once there is some. What may need more than there is gets all, and has to ask as it
   * goes whether it {@link #holds} what it made. Blocks.
   *
   * @param most what it may need, in bytes
   */
  Share take(long most) {
    int taken = Math.clamp(most, bytes / AT_ONCE, bytes);
    free.acquireUninterruptibly(taken);
    return new Share(taken);
  }

  /**
   * Room that was taken, until it is closed. Any thread may do that, the second time for naught.
   */
  final class Share implements AutoCloseable {

    private final AtomicInteger taken;

    private Share(int taken) {
      this.taken = new AtomicInteger(taken);
    }

    @Override
    public void close() {
      free.release(taken.getAndSet(0));
    }
  }

  /** Refuses what one delivery was rendered into so far where it is more than all the room. */
  void holds(List<FileContent> contents) {
    long made = contents.stream().mapToLong(content -> content.bytes().length).sum();
    if (made > bytes) {
      throw SecretException.of(
          Reason.LIMIT_EXCEEDED,
          "its files take more than "
              + bytes
              + " bytes together, all that one delivery may have of the agent's memory; split it,"
              + " or give the agent more");
    }
  }
}
