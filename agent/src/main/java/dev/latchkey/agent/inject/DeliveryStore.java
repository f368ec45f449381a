package dev.latchkey.agent.inject;

import dev.latchkey.agent.store.Transaction;
import java.util.Map;

/**
 * Keeps what deliveries have to know after a restart, also one by {@code kill -9}: what the agent
 * wrote, and whose program is still to be told. Called on the store's thread.
 */
public interface DeliveryStore {

  /** What is kept, by the delivery's name. */
  Map<String, Kept> all(Transaction transaction);

  /** Keeps {@code kept} of {@code delivery}, in place of what was kept before. */
  void keep(Transaction transaction, String delivery, Kept kept);
}
