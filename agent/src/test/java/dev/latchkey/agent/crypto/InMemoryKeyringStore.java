package dev.latchkey.agent.crypto;

import dev.latchkey.agent.store.Transaction;
import java.util.Map;
import java.util.TreeMap;

/** Keyrings in memory, for tests. */
public final class InMemoryKeyringStore implements KeyringStore {

  private final Map<String, byte[]> rows = new TreeMap<>();

  @Override
  public synchronized Map<String, byte[]> all(Transaction transaction) {
    return new TreeMap<>(rows);
  }

  @Override
  public synchronized void save(Transaction transaction, String name, byte[] sealed) {
    rows.put(name, sealed.clone());
  }
}
