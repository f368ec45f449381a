package dev.latchkey.demo.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.demo.application.Ledger;
import dev.latchkey.demo.database.DatabaseProcess;
import dev.latchkey.demo.database.LoginOutcome;
import dev.latchkey.demo.database.Server;
import dev.latchkey.demo.database.Superuser;
import dev.latchkey.demo.process.Started;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import io.github.jopenlibs.vault.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the demo sets up at a real Vault and a real PostgreSQL, seen with the agent's own login. */
@Timeout(180)
class LeasingVaultTest {

  private static final String SUPERUSER_PASSWORD = "marker-of-the-superuser";
  private static final String ADMIN_PASSWORD = "marker-of-vault";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Started STARTED = new Started();

  @TempDir static Path directory;
  private static Server server;
  private static Superuser superuser;
  private static VaultProcess.Root root;
  private static VaultAdmin agent;

  @BeforeAll
  static void setsEverythingUp() throws Exception {
    VaultProcess process =
        STARTED.add(
            VaultProcess.start(
                RealVault.binary(), directory.resolve("vault"), directory.resolve("vault.log")));
    DatabaseProcess database =
        STARTED.add(
            DatabaseProcess.start(
                directory.resolve("database"),
                directory.resolve("database.log"),
                SUPERUSER_PASSWORD));
    server = database.awaitServer();
    superuser = new Superuser(server, SUPERUSER_PASSWORD);
    Awaitility.await().atMost(PATIENCE).until(LeasingVaultTest::wrongPasswordIsRefused);
    superuser.createDatabase("orders");
    superuser.createLogin("vault_admin", ADMIN_PASSWORD);
    superuser.run("orders", statements());
    superuser.run("orders", Ledger.statements("orders_owner"));
    root = process.awaitServer();
    Path login = Files.createDirectory(directory.resolve("login"));
    try (LeasingVault vault = new LeasingVault(root)) {
      vault.issueLogins(place(), "vault_admin", ADMIN_PASSWORD, "orders_owner");
      vault.keep(Map.of("user", "mailer"));
      vault.allowAgent(login);
      vault.giveUpRoot();
    }
    agent = STARTED.add(loggedIn(login));
  }

  private static boolean wrongPasswordIsRefused() {
    return server.tryLogin("postgres", "postgres", "wrong") instanceof LoginOutcome.Refused;
  }

  private static List<String> statements() {
    return List.of(
        "CREATE ROLE orders_owner NOLOGIN",
        "ALTER ROLE vault_admin CREATEROLE",
        "GRANT orders_owner TO vault_admin WITH ADMIN OPTION, INHERIT FALSE",
        "GRANT pg_signal_backend TO vault_admin",
        "GRANT CONNECT ON DATABASE orders TO vault_admin, orders_owner");
  }

  private static String place() {
    return server.url("orders").replaceFirst("^jdbc:postgresql://", "");
  }

  private static VaultAdmin loggedIn(Path login) throws Exception {
    JsonObject halves =
        new JsonObject()
            .add("role_id", Files.readString(login.resolve("role-id")))
            .add("secret_id", Files.readString(login.resolve("secret-id")));
    try (VaultAdmin nobody = new VaultAdmin(root.address(), "")) {
      JsonObject auth = nobody.write("auth/approle/login", halves).get("auth").asObject();
      return new VaultAdmin(root.address(), auth.getString("client_token"));
    }
  }

  @AfterAll
  static void stopsEverything() {
    STARTED.close();
  }

  @Test
  void leasesALoginThatMayWriteTheLedger() throws Exception {
    JsonObject lease = agent.read("database/creds/orders");

    assertThat(lease.getInt("lease_duration", 0)).isEqualTo(12);
    JsonObject login = lease.get("data").asObject();
    try (Connection connection = connected(login);
        Statement statement = connection.createStatement()) {
      assertThat(
              statement.executeUpdate(
                  "INSERT INTO ledger (transfer, amount) VALUES (gen_random_uuid(), 1)"))
          .isEqualTo(1);
    }
  }

  @Test
  void aRevokedLoginIsRefusedAndItsSessionsAreEnded() throws Exception {
    JsonObject lease = agent.read("database/creds/orders");
    JsonObject login = lease.get("data").asObject();
    int killed = superuser.sessionsKilled("orders");
    try (Connection open = connected(login)) {
      agent.write(
          "sys/leases/revoke",
          new JsonObject().add("lease_id", lease.getString("lease_id")).add("sync", true));

      assertThat(open.isValid(5)).isFalse();
    }
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> superuser.sessionsKilled("orders") == killed + 1);
    String user = login.getString("username");
    assertThat(superuser.numberOf(user)).isEmpty();
    assertThat(server.tryLogin("orders", user, login.getString("password")))
        .isEqualTo(new LoginOutcome.Refused("28P01"));
  }

  @Test
  void aDroppedRolesSessionsAreStillCounted() throws Exception {
    superuser.createLogin("leaver", "marker-of-a-leaver");
    superuser.run("orders", List.of("GRANT CONNECT ON DATABASE orders TO leaver"));
    long number = superuser.numberOf("leaver").orElseThrow();
    try (Connection open =
        DriverManager.getConnection(server.url("orders"), "leaver", "marker-of-a-leaver")) {
      superuser.run(
          "orders", List.of("REVOKE ALL ON DATABASE orders FROM leaver", "DROP ROLE leaver"));

      assertThat(open.isValid(5)).isTrue();
      assertThat(superuser.sessionsOfNumber(number)).isEqualTo(1);
    }
    Awaitility.await().atMost(PATIENCE).until(() -> superuser.sessionsOfNumber(number) == 0);
  }

  @Test
  void theAgentsLoginMayDoWhatItNeedsAndNoMore() {
    JsonObject data = agent.read("kv/data/mail/api").get("data").asObject();
    assertThat(data.get("data").asObject().getString("user")).isEqualTo("mailer");

    for (String path :
        List.of("kv/data/other", "database/config/orders", "sys/mounts", "sys/policies/acl/root")) {
      assertThatThrownBy(() -> agent.read(path)).as(path).hasMessageContaining("403");
    }
    assertThatThrownBy(
            () ->
                agent.write(
                    "kv/data/mail/api",
                    new JsonObject().add("data", new JsonObject().add("user", "else"))))
        .hasMessageContaining("403");
  }

  @Test
  void theRootTokenIsGone() {
    try (VaultAdmin former = new VaultAdmin(root.address(), root.token())) {
      assertThatThrownBy(() -> former.read("auth/token/lookup-self")).hasMessageContaining("403");
    }
    assertThat(root.toString()).doesNotContain(root.token());
  }

  private static Connection connected(JsonObject login) throws SQLException {
    return DriverManager.getConnection(
        server.url("orders"), login.getString("username"), login.getString("password"));
  }
}
