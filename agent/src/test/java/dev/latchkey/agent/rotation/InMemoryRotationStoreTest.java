package dev.latchkey.agent.rotation;

import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.store.Transaction;

class InMemoryRotationStoreTest extends RotationStoreContract {

  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final InMemoryRotationStore store = new InMemoryRotationStore();

  @Override
  protected Transaction.Runner transactions() {
    return transactions;
  }

  @Override
  protected RotationStore store() {
    return store;
  }
}
