package dev.latchkey.agent.current;

import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.store.Transaction;

class InMemoryVersionStoreTest extends VersionStoreContract {

  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final InMemoryVersionStore store = new InMemoryVersionStore();

  @Override
  protected Transaction.Runner transactions() {
    return transactions;
  }

  @Override
  protected VersionStore store() {
    return store;
  }
}
