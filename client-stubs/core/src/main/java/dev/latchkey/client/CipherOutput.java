package dev.latchkey.client;

/**
 * What came out of encrypting or decrypting one item.
 *
 * <p>Immutable: bytes are copied in and out. {@link #toString} shows the size and the key only.
 */
public final class CipherOutput {

  private final byte[] bytes;
  private final long keyId;
  private final int keyVersion;

  CipherOutput(byte[] bytes, long keyId, int keyVersion) {
    this.bytes = bytes.clone();
    this.keyId = keyId;
    this.keyVersion = keyVersion;
  }

  /** A copy of the ciphertext or plaintext, which the caller owns and may overwrite. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The key id that the ciphertext begins with, as an unsigned number of 32 bits. */
  public long keyId() {
    return keyId;
  }

  /** The version of the keyring that the key id stands for; 1 is the first. */
  public int keyVersion() {
    return keyVersion;
  }

  @Override
  public String toString() {
    return "CipherOutput[" + bytes.length + " bytes redacted, key version " + keyVersion + "]";
  }
}
