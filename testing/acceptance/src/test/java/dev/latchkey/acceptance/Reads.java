package dev.latchkey.acceptance;

import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.client.LatchkeyException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Reads one secret all the time, ten times a second. */
final class Reads implements AutoCloseable {

  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicLong count = new AtomicLong();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final Thread thread;

  Reads(LatchkeyClient client, String name) {
    thread =
        Thread.startVirtualThread(
            () -> {
              do {
                read(client, name);
              } while (!isStopped());
            });
  }

  private void read(LatchkeyClient client, String name) {
    try {
      if (client.get(name).name().equals(name)) {
        count.incrementAndGet();
      }
    } catch (LatchkeyException failure) {
      failures.add(failure.reason() + ": " + failure.getMessage());
    }
  }

  private boolean isStopped() {
    try {
      return stopped.await(100, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** How many were answered. */
  long count() {
    return count.get();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() throws InterruptedException {
    stopped.countDown();
    thread.join();
  }
}
