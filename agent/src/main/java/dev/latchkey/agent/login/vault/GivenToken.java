package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.secret.SecretValue;
import java.util.Optional;

/** A token that the configuration gives, as {@code VAULT_TOKEN} does. */
public record GivenToken(SecretValue token) implements LoginMethod {

  @Override
  public String kind() {
    return "token";
  }

  @Override
  public Login.Token login(TokenCalls calls) {
    return calls.given(token);
  }

  @Override
  public String identity() {
    return "";
  }

  @Override
  public Optional<SecretValue> offered() {
    return Optional.of(token);
  }

  @Override
  public boolean ownsToken() {
    return false;
  }
}
