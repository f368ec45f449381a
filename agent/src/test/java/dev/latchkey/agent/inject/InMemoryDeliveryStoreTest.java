package dev.latchkey.agent.inject;

import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.store.Transaction;

class InMemoryReloadStoreTest extends ReloadStoreContract {

  private final InMemoryReloadStore store = new InMemoryReloadStore();
  private final InMemoryTransactions transactions = new InMemoryTransactions();

  @Override
  protected ReloadStore store() {
    return store;
  }

  @Override
  protected Transaction.Runner transactions() {
    return transactions;
  }
}
