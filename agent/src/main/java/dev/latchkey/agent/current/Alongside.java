package dev.latchkey.agent.current;

import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.store.Transaction;

/** A row that somebody writes in the very transaction that makes a state current. */
@FunctionalInterface
public interface Alongside {

  /** Writes nothing. */
  Alongside NOTHING = (transaction, published) -> {};

  /**
   * Writes; called on the store's thread, also when the value was already current and no new
   * version came.
   */
  void write(Transaction transaction, SecretState published);
}
