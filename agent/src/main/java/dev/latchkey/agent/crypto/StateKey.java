package dev.latchkey.agent.crypto;

import dev.latchkey.agent.secret.SecretValue;

/**
 * The 32 bytes under which the state store is sealed. Held in memory only; never inside the store.
 */
public final class StateKey {

  /** The length of a state key in bytes. */
  public static final int LENGTH = 32;

  private final SecretValue bytes;

  private StateKey(SecretValue bytes) {
    this.bytes = bytes;
  }

  /** Takes over {@code bytes}, which must be {@value #LENGTH} long. */
  public static StateKey of(SecretValue bytes) {
    if (bytes.length() != LENGTH) {
      throw new IllegalArgumentException("a state key is " + LENGTH + " bytes long");
    }
    return new StateKey(bytes);
  }

  /** The key itself; for the sealer alone. */
  SecretValue bytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return "StateKey[redacted]";
  }
}
