package dev.latchkey.agent.crypto;

import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.Transaction;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Encrypts and decrypts for callers, under named keyrings: the agent's own, of AES-256-GCM keys in
 * Tink's wire format, and those that a server keeps. Safe for use by several threads; encrypting
 * and decrypting block where {@link #blocks} says so, and nowhere else.
 */
public interface Keyrings {

  /**
   * Whether a server keeps the keyring, so that ciphering blocks and belongs on a virtual thread.
   */
  default boolean blocks(String keyring) {
    return false;
  }

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

    /** What is told of any ciphertext that does not open, so that nothing is learnt from it. */
    static Decrypted refused() {
      return new Refused(
          SecretException.invalid(
              "ciphertext",
              "cannot be opened with this keyring and this associated data; nothing says which is"
                  + " wrong"));
    }

    /** The plaintext and the key that opened it. */
    record Opened(SecretValue plaintext, KeyVersion key) implements Decrypted {}

    /**
     * Why it could not be opened: INVALID_REQUEST, the same for a wrong key and for changed bytes.
     */
    record Refused(SecretException why) implements Decrypted {}
  }

  /** A key of a keyring: the key id that ciphertexts begin with, and its version from 1. */
  record KeyVersion(int keyId, int version) {}
}
