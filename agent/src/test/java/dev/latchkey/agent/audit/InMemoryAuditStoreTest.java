package dev.latchkey.agent.audit;

import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.store.Transaction;

class InMemoryAuditStoreTest extends AuditStoreContract {

  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final InMemoryAuditStore store = new InMemoryAuditStore();

  @Override
  protected Transaction.Runner transactions() {
    return transactions;
  }

  @Override
  protected AuditStore store() {
    return store;
  }
}
