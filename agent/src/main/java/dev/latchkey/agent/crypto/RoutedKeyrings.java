package dev.latchkey.agent.crypto;

import dev.latchkey.agent.store.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Sends each call to the keyring of that name: a remote one where there is, else the agent's. */
public final class RoutedKeyrings implements Keyrings {

  private final Keyrings own;
  private final Map<String, RemoteKeyring> remote;
  private final Transaction.Runner transactions;

  public RoutedKeyrings(
      Keyrings own, Map<String, RemoteKeyring> remote, Transaction.Runner transactions) {
    this.own = own;
    this.remote = Map.copyOf(remote);
    this.transactions = transactions;
  }

  @Override
  public boolean blocks(String keyring) {
    return remote.containsKey(keyring);
  }

  @Override
  public List<Encrypted> encrypt(String keyring, List<Plain> items) {
    return remote(keyring)
        .map(ring -> ring.encrypt(items))
        .orElseGet(() -> own.encrypt(keyring, items));
  }

  @Override
  public List<Decrypted> decrypt(String keyring, List<Sealed> items) {
    return remote(keyring)
        .map(ring -> ring.decrypt(items))
        .orElseGet(() -> own.decrypt(keyring, items));
  }

  /** A server's key is there before {@code alongside} is written: it knows no transaction. */
  @Override
  public KeyVersion rotate(String keyring, BiConsumer<Transaction, KeyVersion> alongside) {
    Optional<RemoteKeyring> ring = remote(keyring);
    if (ring.isEmpty()) {
      return own.rotate(keyring, alongside);
    }
    KeyVersion added = ring.get().rotate();
    transactions.run(transaction -> alongside.accept(transaction, added));
    return added;
  }

  private Optional<RemoteKeyring> remote(String keyring) {
    return Optional.ofNullable(remote.get(keyring));
  }
}
