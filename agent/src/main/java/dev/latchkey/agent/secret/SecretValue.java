package dev.latchkey.agent.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Bytes that nobody may see by accident.
 *
 * <p>The text form is redacted, equality takes the same time whatever the bytes are, and the bytes
 * are reached only through {@link #read}, whose callers the architecture test names. The value owns
 * its bytes: they are copied in, and {@link #destroy} overwrites them. Safe for use by several
 * threads; a reader that races {@code destroy} may see zeroes.
 */
public final class SecretValue {

  private final byte[] bytes;
  private volatile boolean destroyed;

  private SecretValue(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Copies {@code bytes}; the caller keeps and should clear its own. */
  public static SecretValue of(byte[] bytes) {
    return new SecretValue(bytes.clone());
  }

  /** Takes the UTF-8 bytes of {@code text}; the text itself cannot be cleared. */
  public static SecretValue ofText(String text) {
    return new SecretValue(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Hands the live bytes to {@code reader}, which must neither change nor keep them.
   *
   * @throws IllegalStateException when the value was destroyed
   */
  public <T> T read(Function<byte[], T> reader) {
    if (destroyed) {
      throw new IllegalStateException("the value was destroyed");
    }
    return reader.apply(bytes);
  }

  /** The length in bytes. */
  public int length() {
    return bytes.length;
  }

  /** Overwrites the bytes; every later {@link #read} fails. */
  public void destroy() {
    destroyed = true;
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretValue that && MessageDigest.isEqual(bytes, that.bytes);
  }

  /** The same for all values, so that no hash of a secret is spread. */
  @Override
  public int hashCode() {
    return SecretValue.class.hashCode();
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
