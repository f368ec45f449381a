package dev.latchkey.agent.crypto;

/** Seals what is stored, under the state key. Safe for use by several threads. */
public interface Sealer {

  /**
   * Seals {@code plaintext}; {@code place} (table, name, version) is bound to it, so that no row
   * can stand for another.
   */
  byte[] seal(byte[] plaintext, String place);

  /**
   * Opens what {@link #seal} made for the same place.
   *
   * @throws dev.latchkey.agent.secret.SecretException INTERNAL when the key is another one or the
   *     bytes were changed
   */
  byte[] open(byte[] sealed, String place);
}
