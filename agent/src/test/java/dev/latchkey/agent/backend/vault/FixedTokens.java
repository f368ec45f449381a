package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.Tokens;
import dev.latchkey.agent.secret.SecretValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One token, and another one after the first was refused where a test names it. */
public final class FixedTokens implements Tokens {

  private final AtomicInteger refusals = new AtomicInteger();
  private volatile Login.Token token;
  private volatile Login.@Nullable Token next;

  public FixedTokens(String token) {
    this.token = token(token);
  }

  /** A token whose text is known and nothing else. */
  static Login.Token token(String text) {
    return new Login.Token(
        SecretValue.ofText(text),
        "",
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO,
        false);
  }

  /** Has {@code another} in hand for when the token is refused. */
  FixedTokens then(String another) {
    next = token(another);
    return this;
  }

  @Override
  public Login.Token token() {
    return token;
  }

  @Override
  public Optional<Login.Token> held() {
    return Optional.of(token);
  }

  @Override
  public boolean refused(Login.Token used) {
    refusals.incrementAndGet();
    Login.Token another = next;
    if (another == null) {
      return false;
    }
    token = another;
    next = null;
    return true;
  }

  /** How often the server refused. */
  int refusals() {
    return refusals.get();
  }
}
