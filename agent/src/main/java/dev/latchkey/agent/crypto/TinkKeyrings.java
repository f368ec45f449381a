package dev.latchkey.agent.crypto;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.store.Transaction;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * The keyrings as Tink keysets, read once and kept sealed in the state store. Encrypting and
 * decrypting read an immutable snapshot; a rotation replaces it once the new key is durable.
 */
public final class TinkKeyrings implements Keyrings {

  private final Transaction.Runner transactions;
  private final KeyringStore store;
  private final Sealer sealer;
  private volatile Map<String, TinkKeyring> rings;

  /**
   * Reads every keyring and makes those of {@code declared} that are missing. Blocks.
   *
   * @throws SecretException INTERNAL when a keyring cannot be opened
   */
  public TinkKeyrings(
      Transaction.Runner transactions,
      KeyringStore store,
      Sealer sealer,
      Collection<String> declared) {
    this.transactions = transactions;
    this.store = store;
    this.sealer = sealer;
    this.rings = transactions.call(transaction -> load(transaction, declared));
  }

  @Override
  public List<Encrypted> encrypt(String keyring, List<Plain> items) {
    TinkKeyring ring = ring(keyring);
    return items.stream().map(ring::encrypt).toList();
  }

  @Override
  public List<Decrypted> decrypt(String keyring, List<Sealed> items) {
    TinkKeyring ring = ring(keyring);
    return items.stream().map(ring::decrypt).toList();
  }

  @Override
  public KeyVersion rotate(String keyring, BiConsumer<Transaction, KeyVersion> alongside) {
    TinkKeyring rotated = transactions.call(transaction -> rotate(transaction, keyring, alongside));
    hold(keyring, rotated);
    return rotated.newest();
  }

  /** Holds {@code ring} from now on, unless a rotation that came later was quicker. */
  private synchronized void hold(String name, TinkKeyring ring) {
    Map<String, TinkKeyring> next = new HashMap<>(rings);
    next.merge(name, ring, (held, rotated) -> rotated.keys() > held.keys() ? rotated : held);
    rings = Map.copyOf(next);
  }

  private TinkKeyring rotate(
      Transaction transaction, String name, BiConsumer<Transaction, KeyVersion> alongside) {
    ring(name);
    // Read back rather than taken from the snapshot: a rotation whose commit failed left no trace
    // here.
    byte[] kept = store.all(transaction).get(name);
    if (kept == null) {
      throw missing(name);
    }
    TinkKeyring rotated = TinkKeyring.open(kept, name, sealer).rotated();
    store.save(transaction, name, rotated.seal(name, sealer));
    alongside.accept(transaction, rotated.newest());
    return rotated;
  }

  private Map<String, TinkKeyring> load(Transaction transaction, Collection<String> declared) {
    Map<String, TinkKeyring> loaded = new HashMap<>();
    store
        .all(transaction)
        .forEach(
            (name, bytes) -> {
              if (!TinkAuthenticator.isInternal(name)) {
                loaded.put(name, TinkKeyring.open(bytes, name, sealer));
              }
            });
    for (String name : new TreeSet<>(declared)) {
      if (!loaded.containsKey(name)) {
        TinkKeyring made = TinkKeyring.create();
        store.save(transaction, name, made.seal(name, sealer));
        loaded.put(name, made);
      }
    }
    return Map.copyOf(loaded);
  }

  private TinkKeyring ring(String name) {
    TinkKeyring ring = rings.get(name);
    if (ring == null) {
      throw missing(name);
    }
    return ring;
  }

  private static SecretException missing(String name) {
    return SecretException.of(
        Reason.NOT_FOUND, "no keyring \"" + name + "\"; declare it under keyrings:");
  }
}
