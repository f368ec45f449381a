package dev.latchkey.agent.store;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs units of work one after another, without a store; {@link #fail} makes the next ones fail.
 * Undoes nothing.
 */
public final class InMemoryTransactions implements Transaction.Runner {

  private static final Transaction TRANSACTION = new Transaction() {};

  private final ReentrantLock turn = new ReentrantLock();
  private volatile @Nullable RuntimeException failure;
  private final AtomicInteger count = new AtomicInteger();

  @Override
  public <T> T call(Function<Transaction, T> work) {
    RuntimeException broken = failure;
    if (broken != null) {
      throw broken;
    }
    turn.lock();
    try {
      count.incrementAndGet();
      return work.apply(TRANSACTION);
    } finally {
      turn.unlock();
    }
  }

  /** Makes every later unit of work fail with {@code why}, until {@link #heal}. */
  public void fail(RuntimeException why) {
    failure = why;
  }

  /** Lets units of work succeed again. */
  public void heal() {
    failure = null;
  }

  /** How many units of work ran. */
  public int count() {
    return count.get();
  }
}
