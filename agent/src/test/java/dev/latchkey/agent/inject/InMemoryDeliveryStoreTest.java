package dev.latchkey.agent.inject;

import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.store.Transaction;

class InMemoryDeliveryStoreTest extends DeliveryStoreContract {

  private final InMemoryDeliveryStore store = new InMemoryDeliveryStore();
  private final InMemoryTransactions transactions = new InMemoryTransactions();

  @Override
  protected DeliveryStore store() {
    return store;
  }

  @Override
  protected Transaction.Runner transactions() {
    return transactions;
  }
}
