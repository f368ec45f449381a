package dev.latchkey.agent.store;

import java.util.function.Function;

/**
 * One unit of work of the state store: everything written with it is kept, durably, or nothing is.
 *
 * <p>Valid only inside the work it was handed to, and only on that work's thread. The ports of the
 * store take it as their first argument; no port begins a transaction of its own.
 */
public interface Transaction {

  /** Runs units of work, one after another. Blocks the caller; never called on an event loop. */
  interface Runner {

    /**
     * Runs {@code work} on the store's own thread and commits it when it returns; rolls it back
     * when it throws.
     *
     * @throws dev.latchkey.agent.secret.SecretException with reason UNAVAILABLE when the store
     *     cannot be written, or whatever {@code work} threw
     */
    <T> T call(Function<Transaction, T> work);

    /** Runs {@code work} for its effect alone. */
    default void run(java.util.function.Consumer<Transaction> work) {
      this.<Boolean>call(
          transaction -> {
            work.accept(transaction);
            return true;
          });
    }
  }
}
