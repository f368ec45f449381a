package dev.latchkey.cli.child;

import java.util.function.IntSupplier;

/**
 * The processes that others left to this one. As the first process of a container it is the parent
 * of all whose own has ended, and nobody else would collect them: each would stay, as a zombie, to
 * the end of the container. The child is left to whoever follows it. Safe for use by several
 * threads.
 */
final class Orphans {
  private static final int NOBODY = 0;

  private final boolean collecting;
  private int child = NOBODY;

  private Orphans(boolean collecting) {
    this.collecting = collecting;
  }

  /** Collects from now on, where this process is the first one. */
  static Orphans ofProcess() {
    Orphans orphans = new Orphans(OwnProcess.isFirst());
    if (orphans.collecting) {
      Thread.ofPlatform().daemon().name("latchkey-orphans").start(orphans::follow);
    }
    return orphans;
  }

  /** Whether they are collected here; nobody is while the child waits to be. */
  boolean areCollected() {
    return collecting;
  }

  /** Begins the child; until that is known, nobody is collected. */
  synchronized int begin(IntSupplier start) {
    child = start.getAsInt();
    notifyAll();
    return child;
  }

  /** Collects the child; the status as {@code wait} gives it. */
  synchronized int collect() {
    int status = Posix.collect(child);
    child = NOBODY;
    notifyAll();
    return status;
  }

  private void follow() {
    try {
      while (true) {
        see(Posix.awaitAnyEnd());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** While there is nobody, or the child alone is to be collected, the next one is waited for. */
  private synchronized void see(int ended) throws InterruptedException {
    if (ended > 0 && ended != child) {
      int _ = Posix.collect(ended);
      return;
    }
    while (child == (ended > 0 ? ended : NOBODY)) {
      wait();
    }
  }
}
