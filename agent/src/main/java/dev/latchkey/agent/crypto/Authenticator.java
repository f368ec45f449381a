package dev.latchkey.agent.crypto;

/**
 * A keyed digest of bytes that nobody without the key can make. Safe for use by several threads.
 */
@FunctionalInterface
public interface Authenticator {

  /** The length of a tag in bytes. */
  int TAG_LENGTH = 32;

  /** The tag of {@code bytes}, {@value #TAG_LENGTH} bytes long. */
  byte[] tag(byte[] bytes);
}
