package dev.latchkey.agent.login.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.secret.SecretValue;
import io.github.jopenlibs.vault.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GivenTokenLoginTest extends VaultLoginContract {

  private SecretValue token(JsonObject settings) {
    JsonObject auth = admin.write("auth/token/create", settings).get("auth").asObject();
    return SecretValue.ofText(auth.getString("client_token"));
  }

  @Override
  protected Login login() {
    return login(new GivenToken(token(new JsonObject().add("ttl", LIFE.toSeconds() + "s"))));
  }

  @Override
  protected Login wrong() {
    return login(new GivenToken(SecretValue.ofText("hvs.wrong")));
  }

  @Override
  protected boolean ownsToken() {
    return false;
  }

  @Test
  void aRootTokenNeverEndsAndIsNotRenewed() {
    Login login = login(new GivenToken(SecretValue.ofText(server.rootToken())));
    Login.Token root = login.login();
    assertThat(root.expiresAt()).isEmpty();
    assertThat(root.endsAt()).isEmpty();
    assertThat(root.renewable()).isFalse();
  }

  @Test
  void aMaximumLifeIsKnown() {
    JsonObject settings = new JsonObject().add("ttl", "60s").add("explicit_max_ttl", "300s");
    Login.Token token = login(new GivenToken(token(settings))).login();
    assertThat(Duration.between(token.issuedAt(), token.endsAt().orElseThrow()))
        .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
  }

  @Test
  void aPeriodicTokenIsRenewedForItsPeriod() {
    Login login = login(new GivenToken(token(new JsonObject().add("period", "120s"))));
    Login.Token token = login.login();
    assertThat(token.life()).isEqualTo(Duration.ofMinutes(2));
    assertThat(token.endsAt()).isEmpty();
    assertThat(login.renew(token).expiresAt()).isPresent();
  }

  @Test
  void aTokenThatMayNotBeRenewedIsRefused() {
    JsonObject settings = new JsonObject().add("ttl", "60s").add("renewable", false);
    Login login = login(new GivenToken(token(settings)));
    Login.Token token = login.login();
    assertThat(token.renewable()).isFalse();
    assertThat(failure(() -> login.renew(token)).reason())
        .isEqualTo(dev.latchkey.agent.secret.Reason.BACKEND_REFUSED);
  }
}
