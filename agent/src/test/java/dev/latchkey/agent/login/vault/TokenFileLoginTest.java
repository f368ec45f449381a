package dev.latchkey.agent.login.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.testing.vault.VaultAdmin;
import io.github.jopenlibs.vault.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileLoginTest extends VaultLoginContract {

  private Path fresh(String name) {
    JsonObject settings = new JsonObject().add("ttl", LIFE.toSeconds() + "s");
    JsonObject auth = admin.write("auth/token/create", settings).get("auth").asObject();
    return written(name, auth.getString("client_token"));
  }

  @Override
  protected Login login() {
    return login(new TokenFile(fresh(VaultAdmin.name("token"))));
  }

  @Override
  protected Login wrong() {
    return login(new TokenFile(written("wrong", "hvs.wrong")));
  }

  @Override
  protected boolean ownsToken() {
    return false;
  }

  @Test
  void anotherTokenInTheFileReplacesTheOneBefore() {
    Login login = login(new TokenFile(fresh("token")));
    Login.Token before = login.login();
    assertThat(login.lookup(before)).isPresent();
    fresh("token");
    assertThat(login.lookup(before)).as("it is good all the same").isPresent();
    written("token", "hvs.half");
    assertThat(login.lookup(before)).isPresent();
    fresh("token");
    assertThat(login.login().value()).isNotEqualTo(before.value());
  }

  @Test
  void aFileThatIsGoneTakesNothingAway() throws Exception {
    Path file = fresh("token");
    Login login = login(new TokenFile(file));
    Login.Token token = login.login();
    Files.delete(file);
    assertThat(login.lookup(token)).isPresent();
    assertThat(failure(login::login).reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "two\nlines", "grün"})
  void aFileThatHoldsNoTokenIsToldByItsName(String text) {
    SecretException failure = failure(() -> login(new TokenFile(written("odd", text))).login());
    assertThat(failure.reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW);
    assertThat(failure).hasMessageContaining("/odd of the login");
    assertThat(proxy.requests()).isZero();
  }

  @Test
  void aFileWithoutAnEndIsNotRead() {
    TokenFile endless = new TokenFile(Path.of("/dev/zero"));
    assertThat(failure(() -> login(endless).login())).hasMessageContaining("too large");
  }
}
