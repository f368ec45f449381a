package dev.latchkey.demo.process;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What was started and must be ended, in reverse order; closing it twice does nothing more. Safe
 * for use by threads.
 */
public final class Started implements AutoCloseable {

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private boolean closed;

  /**
   * Takes {@code part} into its care and returns it; closes it at once when everything is already
   * ended.
   */
  public synchronized <T extends AutoCloseable> T add(T part) {
    if (closed) {
      end(part);
      throw new IllegalStateException("the demo is ending");
    }
    parts.push(part);
    return part;
  }

  @Override
  public synchronized void close() {
    closed = true;
    while (!parts.isEmpty()) {
      end(parts.pop());
    }
  }

  private static void end(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception failed) {
      System.err.println("demo: could not end a part: " + failed);
    }
  }
}
