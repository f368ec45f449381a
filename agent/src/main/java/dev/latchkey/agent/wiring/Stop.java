package dev.latchkey.agent.wiring;

import dev.latchkey.agent.lifecycle.Ending;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The process's wish to end: SIGTERM and its like, and whoever asks, let {@link #await} return, and
 * the process then lives on until this is closed.
 */
final class Stop implements Ending, AutoCloseable {

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean applicationEnded;
  private volatile int code;
  private final AtomicBoolean told = new AtomicBoolean();

  private Stop() {}

  /** Follows this process's end from now on. */
  static Stop ofProcess() {
    Stop stop = new Stop();
    Runtime.getRuntime().addShutdownHook(new Thread(stop::signalled, "latchkey-stop"));
    return stop;
  }

  @Override
  public void ask(String why, boolean applicationEnded) {
    if (applicationEnded) {
      this.applicationEnded = true;
    }
    if (asked.getCount() > 0 && !told.getAndSet(true)) {
      System.out.println("latchkey agent ends: " + why);
    }
    asked.countDown();
  }

  /** Whether it was said that the application that is served has ended. */
  boolean applicationEnded() {
    return applicationEnded;
  }

  private void signalled() {
    told.set(true);
    asked.countDown();
    uninterrupted(closed);
    if (code != 0) {
      // A signal would have its own number stand for the end, and nobody learn of what went wrong.
      Runtime.getRuntime().halt(code);
    }
  }

  /** What the process is to end with; where that is not 0, after a signal too. */
  void endsWith(int exitCode) {
    this.code = exitCode;
  }

  /** Waits until the process is told to end. */
  void await() {
    uninterrupted(asked);
  }

  /** Nobody interrupts the threads that wait here; one that did means that all should end. */
  private static void uninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /** What the process had to close is closed. */
  @Override
  public void close() {
    closed.countDown();
  }
}
