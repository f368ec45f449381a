package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.crypto.Sealer;
import dev.latchkey.agent.crypto.StateKey;
import dev.latchkey.agent.crypto.TinkSealer;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;

/**
 * What makes a store this store: its lineage, the salt of its passphrase, and a check value that
 * only its own state key opens.
 */
record StoreIdentity(Epoch epoch, Sealer sealer) {

  private static final String EPOCH = "epoch";
  private static final String SALT = "salt";
  private static final String CHECK = "key-check";
  private static final String CHECK_PLACE = "meta/" + CHECK;
  private static final int RANDOM_BYTES = 16;

  /**
   * Reads the identity; empty when the store is new.
   *
   * @throws SecretException NOT_POSSIBLE_NOW when the key is not the store's
   */
  static Optional<StoreIdentity> read(Transaction transaction, Function<byte[], StateKey> key) {
    return meta(transaction, SALT)
        .map(salt -> opened(transaction, new TinkSealer(key.apply(salt))));
  }

  /** Makes the identity of a new store. */
  static StoreIdentity make(
      Transaction transaction, Function<byte[], StateKey> key, SecureRandom random) {
    byte[] salt = bytes(random);
    Sealer sealer = new TinkSealer(key.apply(salt));
    keep(transaction, SALT, salt);
    keep(transaction, CHECK, sealer.seal(bytes(random), CHECK_PLACE));
    return new StoreIdentity(renew(transaction, random), sealer);
  }

  /** Gives the store a new lineage. */
  static Epoch renew(Transaction transaction, SecureRandom random) {
    Epoch epoch = new Epoch(HexFormat.of().formatHex(bytes(random)));
    keep(transaction, EPOCH, epoch.id().getBytes(StandardCharsets.US_ASCII));
    return epoch;
  }

  private static StoreIdentity opened(Transaction transaction, Sealer sealer) {
    byte[] check = meta(transaction, CHECK).orElseThrow(StoreIdentity::damaged);
    byte[] epoch = meta(transaction, EPOCH).orElseThrow(StoreIdentity::damaged);
    try {
      sealer.open(check, CHECK_PLACE);
    } catch (SecretException e) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "the state key is not the one that this state store is sealed with: give the key it was"
              + " made with, or restore a backup with its own key into an empty state directory",
          e);
    }
    return new StoreIdentity(new Epoch(new String(epoch, StandardCharsets.US_ASCII)), sealer);
  }

  static SecretException damaged() {
    return SecretException.of(
        Reason.INTERNAL, "the state store is damaged: restore the newest backup");
  }

  private static byte[] bytes(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return bytes;
  }

  private static Optional<byte[]> meta(Transaction transaction, String name) {
    return SqliteTransaction.sql(transaction, "SELECT value FROM meta WHERE name = ?")
        .with(name)
        .first(row -> row.bytes("value"));
  }

  private static void keep(Transaction transaction, String name, byte[] value) {
    SqliteTransaction.sql(
            transaction,
            "INSERT INTO meta (name, value) VALUES (?, ?)"
                + " ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .with(name)
        .with(value)
        .update();
  }
}
