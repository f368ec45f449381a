package dev.latchkey.agent.consumer;

import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.store.Transaction;

class InMemoryHolderStoreTest extends HolderStoreContract {

  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final InMemoryHolderStore store = new InMemoryHolderStore();

  @Override
  protected Transaction.Runner transactions() {
    return transactions;
  }

  @Override
  protected HolderStore store() {
    return store;
  }
}
