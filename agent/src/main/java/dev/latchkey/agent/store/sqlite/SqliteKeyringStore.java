package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.crypto.KeyringStore;
import dev.latchkey.agent.store.Transaction;
import java.util.Map;
import java.util.TreeMap;

/** Keyrings as rows, sealed by whoever hands them over. */
final class SqliteKeyringStore implements KeyringStore {

  @Override
  public Map<String, byte[]> all(Transaction transaction) {
    Map<String, byte[]> keyrings = new TreeMap<>();
    SqliteTransaction.sql(transaction, "SELECT name, sealed_keyset FROM keyring")
        .each(row -> keyrings.put(row.text("name"), row.bytes("sealed_keyset")));
    return keyrings;
  }

  @Override
  public void save(Transaction transaction, String name, byte[] sealed) {
    SqliteTransaction.sql(
            transaction,
            "INSERT INTO keyring (name, sealed_keyset) VALUES (?, ?)"
                + " ON CONFLICT (name) DO UPDATE SET sealed_keyset = excluded.sealed_keyset")
        .with(name)
        .with(sealed)
        .update();
  }
}
