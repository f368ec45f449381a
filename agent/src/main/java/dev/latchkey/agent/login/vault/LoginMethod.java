package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.secret.SecretValue;
import java.util.Optional;

/** What is peculiar to one way to log in. Called by one thread at a time. */
public sealed interface LoginMethod
    permits AppRole, AwsIam, GivenToken, Kubernetes, TokenFile, Userpass {

  /** The word for the way, as the configuration has it. */
  String kind();

  /** Gets a token, by {@code calls} or out of its own hands. */
  Login.Token login(TokenCalls calls);

  /**
   * As whom the agent logs in: the names and places in the configuration, in no certain form. Not
   * for anybody's eyes, since a name may be given as a secret.
   */
  String identity();

  /** The token that a login would bring, where that can be seen without one. */
  default Optional<SecretValue> offered() {
    return Optional.empty();
  }

  /** Whether there are files to look at between logins. */
  default boolean hasFiles() {
    return false;
  }

  /** Does what is left to do with files after a login. */
  default void tidy() {}

  /** Whether the token is the agent's own, so that the agent may end it. */
  default boolean ownsToken() {
    return true;
  }
}
