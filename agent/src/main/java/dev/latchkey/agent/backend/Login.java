package dev.latchkey.agent.backend;

import dev.latchkey.agent.secret.SecretValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How the agent proves to one secret manager who it is, and what becomes of the token that it gets.
 * Called on virtual threads, by the keeper of that token alone; blocks.
 */
public interface Login {

  /** The word for the way, such as {@code approle}; for status and events. */
  String kind();

  /**
   * Logs in.
   *
   * @throws dev.latchkey.agent.secret.SecretException BACKEND_REFUSED when the manager does not
   *     accept it, NOT_POSSIBLE_NOW when what it needs, such as a file, is not there, UNAVAILABLE
   *     or LIMIT_EXCEEDED when asking again later may help
   */
  Token login();

  /**
   * Extends the token's life.
   *
   * @throws dev.latchkey.agent.secret.SecretException BACKEND_REFUSED when the manager knows no
   *     such token any more or refuses
   */
  Token renew(Token token);

  /** Asks the manager whether the token is still good; empty when it is not. */
  Optional<Token> lookup(Token token);

  /** Ends the token, and with it whatever was leased under it. */
  void revoke(Token token);

  /**
   * A token of the agent's own.
   *
   * @param accessor the manager's name for it, which opens nothing; empty for none
   * @param issuedAt when it was granted, last extended or looked up
   * @param expiresAt when it ends unless it is renewed; empty for never
   * @param endsAt when it ends however often it is renewed; empty when that is not known
   * @param life for how long it was granted, and each renewal grants at most
   */
  record Token(
      SecretValue value,
      String accessor,
      Instant issuedAt,
      Optional<Instant> expiresAt,
      Optional<Instant> endsAt,
      Duration life,
      boolean renewable) {}
}
