package dev.latchkey.agent.login.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import io.github.jopenlibs.vault.json.JsonObject;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AppRoleLoginTest extends VaultLoginContract {

  private String mount = "";
  private String role = "";

  @BeforeEach
  void enable() {
    mount = admin.enable("approle");
    role = "auth/" + mount + "/role/app";
    admin.write(role, role());
  }

  private TextSource roleId() {
    return file(
        "role-id", admin.read(role + "/role-id").get("data").asObject().getString("role_id"));
  }

  private String secretId() {
    JsonObject answer = admin.write(role + "/secret-id", new JsonObject());
    return answer.get("data").asObject().getString("secret_id");
  }

  private Login login(Optional<TextSource> secretId, boolean wrapped, boolean deleteFile) {
    return login(new AppRole(new AppRole.Settings(mount, roleId(), secretId, wrapped, deleteFile)));
  }

  @Override
  protected Login login() {
    return login(Optional.of(file("secret-id", secretId())), false, false);
  }

  @Override
  protected Login wrong() {
    return login(Optional.of(file("wrong", "00000000-0000-0000-0000-000000000000")), false, false);
  }

  @Test
  void theIdsMayBeGivenAndARoleMayNeedNone() {
    TextSource given = new TextSource.Given(SecretValue.ofText(secretId()));
    assertThat(login(Optional.of(given), false, false).login().renewable()).isTrue();
    admin.write(role, role().add("bind_secret_id", false).add("token_bound_cidrs", "127.0.0.0/8"));
    assertThat(login(Optional.empty(), false, false).login().renewable()).isTrue();
  }

  @Test
  void aWrappedSecretIdIsOpenedOnceAndUsedAgain() {
    SecretValue wrapping = SecretValue.ofText(admin.wrapped("POST", role + "/secret-id"));
    Login login = login(Optional.of(file("wrapped", Texts.of(wrapping))), true, false);
    Login.Token first = login.login();
    assertThat(login.login().value()).isNotEqualTo(first.value());
    assertThat(unwrappings()).isEqualTo(1);
    Login another = login(Optional.of(file("wrapped", Texts.of(wrapping))), true, false);
    SecretException spent = failure(another::login);
    assertThat(spent.reason()).isEqualTo(Reason.BACKEND_REFUSED);
    assertThat(spent).hasMessageContaining("somebody else");
    SecretValue next = SecretValue.ofText(admin.wrapped("POST", role + "/secret-id"));
    file("wrapped", Texts.of(next));
    another.login();
    assertThat(unwrappings()).isEqualTo(3);
  }

  private long unwrappings() {
    return proxy.requestLines().stream().filter(line -> line.contains("unwrap")).count();
  }

  @Test
  void aWrappingTokenOfSomethingElseIsRefused() {
    String kv = admin.mountKeyValue(1);
    admin.write(kv + "a", new JsonObject().add("value", "x"));
    SecretValue wrapping = SecretValue.ofText(admin.wrapped("GET", kv + "a"));
    Login login = login(Optional.of(file("wrapped", Texts.of(wrapping))), true, false);
    assertThat(failure(login::login)).hasMessageContaining("no secret id");
  }

  @Test
  void theFileIsDeletedAfterTheLoginThatUsedItAndAFreshOneCounts() {
    Login login = login(Optional.of(file("secret-id", secretId())), false, true);
    proxy.only("/login").answer(503, "{}");
    assertThat(failure(login::login).reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(directory.resolve("secret-id")).exists();
    proxy.heal();
    login.login();
    assertThat(directory.resolve("secret-id")).doesNotExist();
    login.login();
    file("secret-id", "00000000-0000-0000-0000-000000000000");
    assertThat(failure(login::login).reason()).isEqualTo(Reason.BACKEND_REFUSED);
    file("secret-id", secretId());
    login.login();
    assertThat(directory.resolve("secret-id")).doesNotExist();
  }

  @Test
  void aFileThatIsNotThereYetIsNotARefusal() {
    Login login =
        login(Optional.of(new TextSource.InFile(directory.resolve("not-yet"))), false, false);
    assertThat(failure(login::login).reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW);
  }
}
