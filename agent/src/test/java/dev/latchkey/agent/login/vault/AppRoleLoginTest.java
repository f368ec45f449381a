package dev.latchkey.agent.login.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.InMemoryTransactions;
import io.github.jopenlibs.vault.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AppRoleLoginTest extends VaultLoginContract {

  private final InMemoryOneTimeStore store = new InMemoryOneTimeStore();
  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final List<AgentEvent> events = new ArrayList<>();
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
    return login(role(secretId, wrapped, deleteFile));
  }

  private AppRole role(Optional<TextSource> secretId, boolean wrapped, boolean deleteFile) {
    return new AppRole(
        new AppRole.Settings(mount, roleId(), secretId, wrapped, deleteFile),
        memory(),
        events::add);
  }

  /** What a new process remembers. */
  private SecretIdMemory memory() {
    return new SecretIdMemory(
        "vault", new LoginPlace(List.of(proxy.address()), ""), store, transactions);
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
    store.clear();
    Login another = login(Optional.of(file("wrapped", Texts.of(wrapping))), true, false);
    SecretException spent = failure(another::login);
    assertThat(spent.reason()).isEqualTo(Reason.BACKEND_REFUSED);
    assertThat(spent).hasMessageContaining("somebody else");
    SecretValue next = SecretValue.ofText(admin.wrapped("POST", role + "/secret-id"));
    file("wrapped", Texts.of(next));
    another.login();
    assertThat(unwrappings()).isEqualTo(3);
  }

  @Test
  void aCrashBetweenTheUnwrappingAndTheLoginLosesNothing() {
    String wrapping = admin.wrapped("POST", role + "/secret-id");
    Optional<TextSource> source = Optional.of(file("wrapped", wrapping));
    proxy.only("/login").answer(503, "{}");
    assertThat(failure(login(source, true, true)::login).reason()).isEqualTo(Reason.UNAVAILABLE);
    proxy.heal();
    Login afterCrash = login(source, true, true);
    afterCrash.login();
    assertThat(unwrappings()).isEqualTo(1);
    assertThat(directory.resolve("wrapped")).doesNotExist();
    Login afterRestart = login(source, true, true);
    afterRestart.login();
    assertThat(unwrappings()).as("a restart needs no second secret id").isEqualTo(1);
  }

  @Test
  void whatWasOpenedForAnotherServerIsNotUsed() {
    String wrapping = admin.wrapped("POST", role + "/secret-id");
    Optional<TextSource> source = Optional.of(file("wrapped", wrapping));
    login(source, true, false).login();
    AppRole elsewhere =
        new AppRole(
            new AppRole.Settings(mount, roleId(), source, true, false),
            new SecretIdMemory(
                "vault", new LoginPlace(List.of(server.address()), ""), store, transactions),
            events::add);
    assertThat(failure(login(elsewhere)::login).reason()).isEqualTo(Reason.BACKEND_REFUSED);
  }

  @Test
  void aStoreThatCannotBeWrittenFailsNoLogin() {
    String wrapping = admin.wrapped("POST", role + "/secret-id");
    Optional<TextSource> source = Optional.of(file("wrapped", wrapping));
    Login login = login(source, true, false);
    store.failure = SecretException.of(Reason.UNAVAILABLE, "the disk is full");
    login.login();
    login.login();
    assertThat(unwrappings()).isEqualTo(1);
    store.failure = null;
    login.login();
    login(source, true, false).login();
    assertThat(unwrappings()).as("kept by the login that could").isEqualTo(1);
  }

  @Test
  void aFileThatCannotBeDeletedFailsNoLoginIsToldOnceAndTriedAgain() {
    AtomicBoolean readOnly = new AtomicBoolean(true);
    AppRole role =
        new AppRole(
            new AppRole.Settings(
                mount, roleId(), Optional.of(file("secret-id", secretId())), false, true),
            memory(),
            events::add,
            path -> {
              if (readOnly.get()) {
                throw new IOException("read-only file system");
              }
              Files.delete(path);
            });
    VaultLogin login = (VaultLogin) login(role);
    assertThat(login.hasFiles()).isTrue();
    login.login();
    login.tidy();
    assertThat(events)
        .singleElement()
        .matches(event -> event.severity() == AgentEvent.Severity.WARNING)
        .matches(event -> event.message().contains("secret-id"));
    readOnly.set(false);
    login.tidy();
    assertThat(directory.resolve("secret-id")).doesNotExist();
  }

  @Test
  void aFileWhoseSecretIdCouldNotBeKeptIsNotDeletedUntilItIs() {
    VaultLogin login = (VaultLogin) login(Optional.of(file("secret-id", secretId())), false, true);
    store.failure = SecretException.of(Reason.UNAVAILABLE, "the disk is full");
    login.login();
    login.tidy();
    assertThat(directory.resolve("secret-id")).exists();
    store.failure = null;
    login.tidy();
    assertThat(directory.resolve("secret-id")).doesNotExist();
    Login afterRestart =
        login(Optional.of(new TextSource.InFile(directory.resolve("secret-id"))), false, true);
    assertThat(afterRestart.login().accessor()).isNotEmpty();
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
