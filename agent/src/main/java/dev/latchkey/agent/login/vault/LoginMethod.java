package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.Login;

/** What is peculiar to one way to log in. Called by one thread at a time. */
public sealed interface LoginMethod
    permits AppRole, AwsIam, GivenToken, Kubernetes, TokenFile, Userpass {

  /** The word for the way, as the configuration has it. */
  String kind();

  /** Gets a token, by {@code calls} or out of its own hands. */
  Login.Token login(TokenCalls calls);

  /** Whether {@code token} is still the one that a login would bring, where that can be seen. */
  default boolean wouldBring(Login.Token token) {
    return true;
  }

  /** Whether the token is the agent's own, so that the agent may end it. */
  default boolean ownsToken() {
    return true;
  }
}
