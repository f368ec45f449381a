package dev.latchkey.agent.inject;

import dev.latchkey.agent.store.Transaction;
import java.util.Set;

/**
 * Keeps which deliveries were written, or were about to be, without their program having been told;
 * so that it is told also when the agent was killed in between. Called on the store's thread.
 */
public interface ReloadStore {

  /** The names of the deliveries whose program is still to be told. */
  Set<String> due(Transaction transaction);

  /** Keeps that the program of {@code delivery} is to be told. */
  void mark(Transaction transaction, String delivery);

  /** Keeps that it was. */
  void clear(Transaction transaction, String delivery);
}
