package dev.latchkey.acceptance;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads a set and a file without end, and notes what is missing, torn, mixed, or older than what it
 * read before.
 */
final class NumberedReader implements AutoCloseable {

  private final NumberedDelivery delivery;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicLong set = new AtomicLong();
  private final AtomicLong file = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong changes = new AtomicLong();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::read, "numbered-reader");

  private NumberedReader(NumberedDelivery delivery) {
    this.delivery = delivery;
  }

  /** Begins to read; both deliveries have to be there. */
  static NumberedReader start(NumberedDelivery delivery) {
    NumberedReader reader = new NumberedReader(delivery);
    reader.thread.start();
    return reader;
  }

  private void read() {
    while (!ended.get() && failures.isEmpty()) {
      try {
        note("set", set, delivery.set());
        note("file", file, delivery.file());
        reads.incrementAndGet();
      } catch (IOException | AssertionError broken) {
        failures.add(broken.toString());
      }
    }
  }

  private void note(String what, AtomicLong last, long number) {
    long before = last.getAndSet(number);
    if (number < before) {
      failures.add("%s went from %d back to %d".formatted(what, before, number));
    }
    changes.addAndGet(number == before ? 0 : 1);
  }

  /** The last number of the set that it read. */
  long set() {
    return set.get();
  }

  /** The last number of the file that it read. */
  long file() {
    return file.get();
  }

  long reads() {
    return reads.get();
  }

  /** How often it found another number than before. */
  long changes() {
    return changes.get();
  }

  /** What it found that nobody may ever find; it ends at the first. */
  List<String> failures() {
    return failures;
  }

  @Override
  public void close() throws InterruptedException {
    ended.set(true);
    thread.join();
  }
}
