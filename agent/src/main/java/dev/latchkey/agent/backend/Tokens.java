package dev.latchkey.agent.backend;

import java.util.Optional;

/**
 * Where a backend's adapter gets the agent's token from, and where it says that the manager refuses
 * it. Safe for use by several threads; blocks while there is none.
 */
public interface Tokens {

  /**
   * The token to send now.
   *
   * @throws dev.latchkey.agent.secret.SecretException why there is none: what the last login said
   */
  Login.Token token();

  /** The token held now, without a login. Never blocks. */
  Optional<Login.Token> held();

  /**
   * The manager refused a call made with {@code used}. Answers whether that was because the token
   * is not good any more and another one is there now, so that the call is worth making once more.
   */
  boolean refused(Login.Token used);
}
