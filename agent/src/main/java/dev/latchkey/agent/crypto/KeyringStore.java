package dev.latchkey.agent.crypto;

import dev.latchkey.agent.store.Transaction;
import java.util.Map;

/** Keeps sealed keyrings. Called on the store's thread. */
public interface KeyringStore {

  /** Every keyring: name to its sealed bytes. */
  Map<String, byte[]> all(Transaction transaction);

  /** Keeps a keyring in place of the one of that name. */
  void save(Transaction transaction, String name, byte[] sealed);
}
