package dev.latchkey.agent.crypto;

import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.store.Transaction;

class InMemoryKeyringStoreTest extends KeyringStoreContract {

  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final InMemoryKeyringStore store = new InMemoryKeyringStore();

  @Override
  protected Transaction.Runner transactions() {
    return transactions;
  }

  @Override
  protected KeyringStore store() {
    return store;
  }
}
