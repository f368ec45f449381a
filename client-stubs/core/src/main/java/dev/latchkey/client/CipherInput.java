package dev.latchkey.client;

/**
 * What to encrypt or to decrypt, with the associated data that is bound to it without being part of
 * it.
 *
 * <p>Immutable: bytes are copied in and out. {@link #toString} shows sizes only.
 */
public final class CipherInput {

  private final byte[] bytes;
  private final byte[] associatedData;

  private CipherInput(byte[] bytes, byte[] associatedData) {
    this.bytes = bytes.clone();
    this.associatedData = associatedData.clone();
  }

  /** Plaintext or ciphertext without associated data. */
  public static CipherInput of(byte[] bytes) {
    return new CipherInput(bytes, new byte[0]);
  }

  /** Plaintext or ciphertext with the associated data, which must be the same on both ways. */
  public static CipherInput of(byte[] bytes, byte[] associatedData) {
    return new CipherInput(bytes, associatedData);
  }

  /** A copy of the plaintext or ciphertext. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** A copy of the associated data. */
  public byte[] associatedData() {
    return associatedData.clone();
  }

  @Override
  public String toString() {
    return "CipherInput[" + bytes.length + " bytes redacted]";
  }
}
