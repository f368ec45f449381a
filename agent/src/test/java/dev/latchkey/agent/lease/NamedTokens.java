package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.Tokens;
import dev.latchkey.agent.secret.SecretValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A token that is called and ends as a test says; nothing is called "" at first. */
final class NamedTokens implements Tokens {

  String accessor = "";

  /** When the token ends unless it is renewed. */
  Optional<Instant> expiresAt = Optional.empty();

  @Override
  public Login.Token token() {
    return new Login.Token(
        SecretValue.ofText("token-" + accessor),
        accessor,
        Instant.EPOCH,
        expiresAt,
        Optional.empty(),
        Duration.ZERO,
        false);
  }

  @Override
  public Optional<Login.Token> held() {
    return Optional.of(token());
  }

  @Override
  public boolean refused(Login.Token used) {
    return false;
  }
}
