package dev.latchkey.agent.backend;

import dev.latchkey.agent.store.Transaction;
import java.util.Optional;

/**
 * Keeps the agent's own tokens, sealed, so that a restart needs no second login. Called on the
 * store's thread.
 */
public interface TokenStore {

  /**
   * Keeps the token of the backend called {@code backend} in place of the one before.
   *
   * @param boundTo says for which login it is of use; holds no secret
   */
  void keep(Transaction transaction, String backend, String boundTo, Login.Token token);

  /** The token kept; empty when there is none, or when it cannot be opened. */
  Optional<Kept> find(Transaction transaction, String backend);

  /** Forgets the token of {@code backend}. */
  void forget(Transaction transaction, String backend);

  /**
   * A token that was kept.
   *
   * @param boundTo as it was given; empty for a token that was kept before that was
   */
  record Kept(String boundTo, Login.Token token) {}
}
