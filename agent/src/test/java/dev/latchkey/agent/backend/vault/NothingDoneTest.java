package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.Tokens;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.FakeTime;
import dev.latchkey.testing.vault.FaultyProxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which failures of a read show that no lease was granted by it. */
class NothingDoneTest {

  private static final String LEASED = "database/creds/orders";
  private static final String LOOKUP = "sys/internal/ui/mounts";

  private final FakeTime time = new FakeTime();
  private final FaultyProxy behind = new FaultyProxy(URI.create("http://127.0.0.1:9"));
  private final FaultyProxy proxy = new FaultyProxy(behind.address());
  private final VaultHttp http =
      new VaultHttp(
          "vault",
          new VaultServers(
              List.of(proxy.address()),
              "",
              VaultTls.SYSTEM,
              Duration.ofSeconds(2),
              Duration.ofMillis(500),
              1000),
          time);

  @AfterEach
  void close() {
    http.close();
    proxy.close();
    behind.close();
  }

  /** One token, and no login that could bring another. */
  private static final class Outage implements Tokens {

    private final Login.Token token = FixedTokens.token("t");
    private boolean gone;

    @Override
    public Login.Token token() {
      if (gone) {
        throw SecretException.of(Reason.UNAVAILABLE, "the login cannot be reached");
      }
      return token;
    }

    @Override
    public Optional<Login.Token> held() {
      return Optional.of(token);
    }

    @Override
    public boolean refused(Login.Token used) {
      gone = true;
      return true;
    }
  }

  private SecretException failure(Tokens tokens) {
    VaultBackend backend = new VaultBackend(http, tokens, new VaultOptions("", Map.of()), time);
    SecretException failure =
        catchThrowableOfType(SecretException.class, () -> backend.read(LEASED, Optional.empty()));
    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    return failure;
  }

  private void mountsAreTold() {
    behind.answer(200, "{\"data\":{\"path\":\"database/\",\"type\":\"database\"}}");
  }

  @Test
  void aRefusedTokenWhoseReplacementIsOutOfReachGrantedNothing() {
    mountsAreTold();
    proxy.only(" /v1/" + LEASED).answer(403, "{\"errors\":[\"permission denied\"]}");
    SecretException failure = failure(new Outage());
    assertThat(failure).hasMessageContaining("login cannot be reached");
    assertThat(failure.nothingDone()).isTrue();
  }

  @Test
  void aLookupOfTheMountThatHangsGrantedNothing() {
    mountsAreTold();
    proxy.only(LOOKUP).hang();
    assertThat(failure(new FixedTokens("t")).nothingDone()).isTrue();
    assertThat(proxy.requestLines()).noneMatch(line -> line.contains(" /v1/" + LEASED));
  }

  @Test
  void aReadThatHangsMayHaveGrantedALease() {
    mountsAreTold();
    proxy.only(" /v1/" + LEASED).hang();
    assertThat(failure(new FixedTokens("t")).nothingDone()).isFalse();
  }
}
