package dev.latchkey.agent.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.time.TimeSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What every login keeps to, failures included. The token that it brings lives for {@link #LIFE},
 * may be renewed, and is the agent's own unless {@link #ownsToken} says otherwise.
 */
public abstract class LoginContract {

  /** The life of the tokens that the tests' logins bring. */
  protected static final Duration LIFE = Duration.ofMinutes(10);

  /** One that the manager accepts. */
  protected abstract Login login();

  /** One that the manager does not accept. */
  protected abstract Login wrong();

  /** Lets nobody reach the manager from now on. */
  protected abstract void goDown();

  /** Whether {@link Login#revoke} ends the token. */
  protected boolean ownsToken() {
    return true;
  }

  protected static SecretException failure(Runnable call) {
    SecretException failure = catchThrowableOfType(SecretException.class, call::run);
    assertThat(failure).isNotNull();
    return failure;
  }

  private static String text(Login.Token token) {
    return token.value().read(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  private static Login.Token unknown(Login.Token like) {
    return new Login.Token(
        SecretValue.ofText("hvs.unknown"),
        "",
        like.issuedAt(),
        like.expiresAt(),
        Optional.empty(),
        LIFE,
        true);
  }

  @Test
  void aLoginBringsATokenWithItsTimes() {
    TimeSource time = TimeSource.system();
    Instant before = time.now().minusSeconds(2);
    Login.Token token = login().login();
    assertThat(token.accessor()).isNotEmpty();
    assertThat(token.renewable()).isTrue();
    assertThat(token.life()).isEqualTo(LIFE);
    assertThat(token.issuedAt()).isBetween(before, time.now());
    assertThat(token.expiresAt().orElseThrow()).isBetween(before.plus(LIFE), time.now().plus(LIFE));
  }

  @Test
  void theManagerKnowsTheTokenAndItsTimes() {
    Login login = login();
    Login.Token token = login.login();
    Login.Token known = login.lookup(token).orElseThrow();
    assertThat(known.value()).isEqualTo(token.value());
    assertThat(known.accessor()).isEqualTo(token.accessor());
    assertThat(known.renewable()).isTrue();
    assertThat(known.life()).isEqualTo(LIFE);
    assertThat(Duration.between(known.expiresAt().orElseThrow(), token.expiresAt().orElseThrow()))
        .isBetween(Duration.ofSeconds(-2), Duration.ofSeconds(2));
  }

  @Test
  void aRenewalExtendsTheSameToken() {
    Login login = login();
    Login.Token token = login.login();
    Login.Token renewed = login.renew(token);
    assertThat(renewed.value()).isEqualTo(token.value());
    assertThat(renewed.accessor()).isEqualTo(token.accessor());
    assertThat(renewed.issuedAt()).isAfterOrEqualTo(token.issuedAt());
    assertThat(renewed.expiresAt().orElseThrow())
        .isAfterOrEqualTo(token.expiresAt().orElseThrow().minusSeconds(1));
    assertThat(renewed.renewable()).isTrue();
  }

  @Test
  void aTokenThatTheManagerDoesNotKnowIsGone() {
    Login login = login();
    Login.Token unknown = unknown(login.login());
    assertThat(login.lookup(unknown)).isEmpty();
    assertThat(failure(() -> login.renew(unknown)).reason()).isEqualTo(Reason.BACKEND_REFUSED);
    login.revoke(unknown);
  }

  @Test
  void aRevokedTokenIsGoneIfItIsTheAgentsOwn() {
    Login login = login();
    Login.Token token = login.login();
    login.revoke(token);
    login.revoke(token);
    assertThat(login.lookup(token).isEmpty()).isEqualTo(ownsToken());
  }

  @Test
  void aLoginThatIsNotAcceptedIsRefused() {
    SecretException failure = failure(() -> wrong().login());
    assertThat(failure.reason()).isEqualTo(Reason.BACKEND_REFUSED);
    assertThat(failure.retryDelay()).isEmpty();
  }

  @Test
  void aManagerThatIsDownIsUnavailable() {
    Login login = login();
    Login.Token token = login.login();
    goDown();
    assertThat(failure(login()::login).reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure(() -> login.lookup(token)).reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure(() -> login.renew(token)).reason()).isEqualTo(Reason.UNAVAILABLE);
    if (ownsToken()) {
      assertThat(failure(() -> login.revoke(token)).reason()).isEqualTo(Reason.UNAVAILABLE);
    }
  }

  @Test
  void noTextFormShowsTheToken() {
    Login login = login();
    Login.Token token = login.login();
    assertThat(token.toString() + login).doesNotContain(text(token));
    assertThat(login.kind()).matches("[a-z_]+");
  }
}
