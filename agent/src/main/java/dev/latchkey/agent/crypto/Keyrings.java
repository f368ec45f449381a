package dev.latchkey.agent.crypto;

import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.Transaction;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Encrypts and decrypts for callers, under named keyrings of AES-256-GCM keys in Tink's wire
 * format. Safe for use by several threads; encrypting and decrypting never block.
 */
public interface Keyrings {

  /** Encrypts each item under the keyring's newest key. NOT_FOUND when there is no such keyring. */
  List<Encrypted> encrypt(String keyring, List<Plain> items);

  /**
   * Decrypts each item under the key its ciphertext names. NOT_FOUND when there is no such keyring.
   */
  List<Decrypted> decrypt(String keyring, List<Sealed> items);

  /** Adds a key, keeps it durably, and encrypts with it from then on. Blocks. */
  default KeyVersion rotate(String keyring) {
    return rotate(keyring, (transaction, key) -> {});
  }

  /**
   * Adds a key as {@link #rotate(String)} does; {@code alongside} writes in the very transaction
   * that keeps the key, on the store's thread, such as the audit record.
   */
  KeyVersion rotate(String keyring, BiConsumer<Transaction, KeyVersion> alongside);

  /** What to encrypt. */
  record Plain(SecretValue plaintext, SecretValue associatedData) {}

  /** A ciphertext with the key that made it. */
  @SuppressWarnings("ArrayRecordComponent") // ciphertext is handed on, never compared
  record Encrypted(byte[] ciphertext, KeyVersion key) {}

  /** What to decrypt. */
  @SuppressWarnings("ArrayRecordComponent") // ciphertext is handed on, never compared
  record Sealed(byte[] ciphertext, SecretValue associatedData) {}

  /** The outcome for one ciphertext. */
  sealed interface Decrypted {

    /** The plaintext and the key that opened it. */
    record Opened(SecretValue plaintext, KeyVersion key) implements Decrypted {}

    /**
     * Why it could not be opened: INVALID_REQUEST, the same for a wrong key and for changed bytes.
     */
    record Refused(SecretException why) implements Decrypted {}
  }

  /** A key of a keyring: Tink's key id, and its place in the keyring from 1. */
  record KeyVersion(int keyId, int version) {}
}
