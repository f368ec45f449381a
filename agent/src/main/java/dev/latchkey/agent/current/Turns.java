package dev.latchkey.agent.current;

import dev.latchkey.agent.secret.SecretName;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Lets work on one name run in turn; a fixed number of locks is shared by all names. */
final class Turns {

  private static final int LOCKS = 64;

  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

  Turns() {
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  <T> T inTurn(SecretName name, Supplier<T> work) {
    ReentrantLock lock = locks[Math.floorMod(name.hashCode(), LOCKS)];
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
