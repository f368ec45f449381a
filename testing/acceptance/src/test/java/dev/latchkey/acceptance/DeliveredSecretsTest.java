package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import io.github.jopenlibs.vault.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real Vault changes by itself, and what it hands out wrapped. */
class DeliveredSecretsTest {

  @TempDir Path directory;

  @Test
  void aStaticRoleIsFollowedAndAWrappedSecretIsOpenedOnce() throws Exception {
    try (Database database = Database.start(directory.resolve("postgres"));
        VaultAdmin admin = new VaultAdmin(RealVault.shared())) {
      database.inOrders(
          List.of(
              "CREATE ROLE static_app LOGIN",
              "GRANT static_app TO " + Database.ADMIN + " WITH ADMIN OPTION"));
      String logins = staticRole(admin, database);
      String kv = admin.mountKeyValue(2);
      admin.write(
          kv + "data/first", new JsonObject().add("data", new JsonObject().add("word", "hello")));
      Path token = directory.resolve("first.token");
      try (RunningAgent agent =
          RunningAgent.start(
              directory.resolve("agent"),
              RunningAgent.Setup.of(configuration(admin.root(), database, logins, token, kv)))) {
        follows(agent.cli(), database);
        opensOnce(agent, admin, token, kv);
      } finally {
        admin.delete(logins + "static-roles/orders");
      }
    }
  }

  private static String staticRole(VaultAdmin admin, Database database) {
    String mount = admin.mount("database");
    String place = database.url().replaceFirst("^jdbc:postgresql://", "");
    admin.write(
        mount + "config/orders",
        new JsonObject()
            .add("plugin_name", "postgresql-database-plugin")
            .add(
                "connection_url",
                "postgres://{{username}}:{{password}}@" + place + "?sslmode=disable")
            .add("username", Database.ADMIN)
            .add("password", Database.ADMIN_PASSWORD)
            .add("password_authentication", "scram-sha-256")
            .add("allowed_roles", "*"));
    admin.write(
        mount + "static-roles/orders",
        new JsonObject()
            .add("db_name", "orders")
            .add("username", "static_app")
            .add("rotation_period", "6s"));
    return mount;
  }

  private static String configuration(
      String rootToken, Database database, String logins, Path token, String kv) {
    return """
    backends:
      vault: { type: vault, address: "%s", login: { type: token, token: "%s" } }
    targets:
      orders: { url: "%s" }
    secrets:
      orders-db: { backend: vault, path: %sstatic-creds/orders, required: true, target: orders }
      first: { backend: vault, unwrap_file: %s, path: %sfirst, persist: true, refresh: 1s }
    policies:
      - callers: [ { uid: %d } ]
        secrets: [ "orders-db", "first" ]
        operations: [ read, watch, list ]
    """
        .formatted(
            RealVault.shared().address(),
            rootToken,
            database.url(),
            logins,
            token,
            kv,
            Database.ownUid());
  }

  private static void follows(Cli cli, Database database) {
    Set<String> opened = new HashSet<>();
    await("three passwords, each of which opens the database")
        .atMost(Duration.ofSeconds(90))
        .until(
            () -> {
              JsonNode fields =
                  Stage.json(cli.run("get", "orders-db", "--json").ok().out()).path("fields");
              String password = fields.path("password").asText();
              if (database.opens(fields.path("username").asText(), password)) {
                opened.add(password);
              }
              return opened.size() >= 3;
            });
  }

  private static void opensOnce(RunningAgent agent, VaultAdmin admin, Path token, String kv)
      throws Exception {
    assertThat(agent.cli().run("get", "first").exit()).as("not delivered yet").isEqualTo(5);
    Files.writeString(token, admin.wrapped("GET", kv + "data/first"));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> agent.cli().run("get", "first", "--field", "word").out().equals("hello\n"));
    agent.kill();
    agent.restart();
    assertThat(agent.cli().run("get", "first", "--field", "word").ok().out()).isEqualTo("hello\n");
    assertThat(Files.readString(agent.log())).doesNotContain("is not good");
  }
}
