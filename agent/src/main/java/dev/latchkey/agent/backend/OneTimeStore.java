package dev.latchkey.agent.backend;

import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.Transaction;
import java.util.Optional;

/**
 * Keeps, sealed, the one piece of each login that could be had once only, such as what a wrapping
 * token opened: so that neither a crash nor a restart needs a second one. {@link AskedTokens} keep
 * there, each under a name of its own, what was asked for. Called on the store's thread.
 */
public interface OneTimeStore {

  /** Keeps the piece for the login at {@code backend} in place of the one before. */
  void keep(Transaction transaction, String backend, Opened opened);

  /** The piece kept; empty when there is none, or when it cannot be opened. */
  Optional<Opened> find(Transaction transaction, String backend);

  /**
   * What was opened.
   *
   * @param boundTo says which login it is for, as in {@link TokenStore.Kept}
   * @param source what it was had from, which is good no more
   * @param used whether a login with it succeeded
   */
  record Opened(String boundTo, SecretValue source, SecretValue value, boolean used) {

    /** The same, after a login with it succeeded. */
    public Opened afterUse() {
      return new Opened(boundTo, source, value, true);
    }
  }
}
