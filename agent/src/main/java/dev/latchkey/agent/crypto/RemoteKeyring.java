package dev.latchkey.agent.crypto;

import java.util.List;

/**
 * A keyring whose keys stay with a server, which does the ciphering. Called on virtual threads
 * only; blocks, and may be called by several at once.
 */
public interface RemoteKeyring {

  /**
   * Encrypts each item under the newest key; one call of the server, whatever the number of items.
   *
   * @throws dev.latchkey.agent.secret.SecretException BACKEND_REFUSED or NOT_POSSIBLE_NOW when the
   *     server will not, UNAVAILABLE or LIMIT_EXCEEDED when asking again later may help
   */
  List<Keyrings.Encrypted> encrypt(List<Keyrings.Plain> items);

  /** Decrypts each item under the key its ciphertext names; fails as {@link #encrypt} does. */
  List<Keyrings.Decrypted> decrypt(List<Keyrings.Sealed> items);

  /**
   * Has the server add a key, and encrypts with it from then on; fails as {@link #encrypt}, but
   * never after the key was added.
   *
   * @return the key that was added; key id and version are 0 where the server does not tell them
   */
  Keyrings.KeyVersion rotate();
}
