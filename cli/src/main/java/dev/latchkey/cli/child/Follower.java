package dev.latchkey.cli.child;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Waits for the stops and the ends of children, one child after the other, on one thread: there is
 * one for a child that is begun again also where the system gives no more of them.
 */
final class Follower implements AutoCloseable {
  private final BlockingQueue<Integer> begun = new LinkedBlockingQueue<>();
  private final Consumer<Event> told;
  private final Thread thread;

  /**
   * A follower that has not begun.
   *
   * @param told gets the stops and the ends
   */
  Follower(Consumer<Event> told) {
    this.told = told;
    this.thread = Thread.ofPlatform().daemon().name("latchkey-child").unstarted(this::run);
  }

  /** Begins to wait for children. */
  void start() {
    thread.start();
  }

  /** A child was begun; the one before has ended. */
  void follow(int process) {
    begun.add(process);
  }

  /** Waits for no other child. */
  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (true) {
        await(begun.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Leaves the end to be collected by the deciding thread, so that no signal hits another. */
  private void await(int process) {
    while (Posix.awaitChange(process) == Posix.STOPPED) {
      int signal = Posix.collectStop(process);
      if (signal != 0) {
        told.accept(new Event.Stopped(signal));
      }
    }
    told.accept(new Event.Ended());
  }
}
