package dev.latchkey.agent.rpc;

import dev.latchkey.agent.crypto.Keyrings;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.Transaction;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** Ciphers that flip every bit, and note which thread they ran on. */
final class FakeKeyrings implements Keyrings {

  /** The transaction that keeps the key. */
  static final Transaction ROTATING = new Transaction() {};

  /** The keyring whose keys are elsewhere. */
  static final String REMOTE = "remote";

  final List<String> threads = new CopyOnWriteArrayList<>();
  private final LoopGuard guard;

  FakeKeyrings(LoopGuard guard) {
    this.guard = guard;
  }

  private static byte[] flip(byte[] bytes) {
    byte[] flipped = bytes.clone();
    for (int i = 0; i < flipped.length; i++) {
      flipped[i] ^= (byte) 0xff;
    }
    return flipped;
  }

  private void check(String keyring) {
    threads.add(Thread.currentThread().getName());
    if (keyring.equals(REMOTE)) {
      guard.blocks("keyrings");
    } else if (!keyring.equals("default")) {
      throw SecretException.of(Reason.NOT_FOUND, "no such keyring");
    }
  }

  @Override
  public boolean blocks(String keyring) {
    return keyring.equals(REMOTE);
  }

  @Override
  public List<Encrypted> encrypt(String keyring, List<Plain> items) {
    check(keyring);
    return items.stream()
        .map(item -> new Encrypted(item.plaintext().read(FakeKeyrings::flip), new KeyVersion(7, 1)))
        .toList();
  }

  @Override
  public List<Decrypted> decrypt(String keyring, List<Sealed> items) {
    check(keyring);
    return items.stream().map(FakeKeyrings::open).toList();
  }

  private static Decrypted open(Sealed item) {
    return item.ciphertext().length == 0
        ? new Decrypted.Refused(SecretException.invalid("ciphertext", "cannot be opened"))
        : new Decrypted.Opened(SecretValue.of(flip(item.ciphertext())), new KeyVersion(7, 1));
  }

  @Override
  public KeyVersion rotate(String keyring, BiConsumer<Transaction, KeyVersion> alongside) {
    guard.blocks("keyrings.rotate");
    KeyVersion added = new KeyVersion(8, 2);
    alongside.accept(ROTATING, added);
    return added;
  }
}
