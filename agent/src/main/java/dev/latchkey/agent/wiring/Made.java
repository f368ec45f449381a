package dev.latchkey.agent.wiring;

import dev.latchkey.agent.secret.SecretException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was made or started so far; closes it in reverse order, each part once, and goes on where
 * one does not close. Safe for use by several threads.
 */
final class Made implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Made.class);

  private final Deque<Part> parts = new ArrayDeque<>();

  /** Adds a part, which from now on is closed before all that were added earlier. */
  synchronized <T extends AutoCloseable> T add(String name, T part) {
    parts.push(new Part(name, part));
    return part;
  }

  @Override
  public synchronized void close() {
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      try {
        part.part().close();
      } catch (Exception e) {
        LOG.warn("{} did not close cleanly: {}", part.name(), words(e));
      }
    }
  }

  private static String words(Exception failure) {
    return failure instanceof SecretException why
        ? why.safeMessage()
        : failure.getClass().getSimpleName();
  }

  private record Part(String name, AutoCloseable part) {}
}
