package dev.latchkey.agent.lease;

import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.store.Transaction;

class InMemoryLeaseStoreTest extends LeaseStoreContract {

  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final InMemoryLeaseStore store = new InMemoryLeaseStore();

  @Override
  protected Transaction.Runner transactions() {
    return transactions;
  }

  @Override
  protected LeaseStore store() {
    return store;
  }
}
