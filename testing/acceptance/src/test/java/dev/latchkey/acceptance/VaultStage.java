package dev.latchkey.acceptance;

import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import dev.latchkey.testing.vault.VaultServer;
import io.github.jopenlibs.vault.json.JsonArray;
import io.github.jopenlibs.vault.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;

/**
 * A real Vault that issues logins of a real PostgreSQL, and an agent that logs in by AppRole and
 * leases {@code orders-db} from it.
 */
final class VaultStage implements AutoCloseable {

  static final String ISSUED = "v-approle-";

  private final Database database;
  private final VaultServer vault;
  private final RunningAgent agent;

  private VaultStage(Database database, VaultServer vault, RunningAgent agent) {
    this.database = database;
    this.vault = vault;
    this.agent = agent;
  }

  /** Sets the stage below {@code directory}, with leases of this length and greatest length. */
  static VaultStage set(Path directory, String lease, String longest, String overlap)
      throws IOException, SQLException {
    Database database = Database.start(directory.resolve("postgres"));
    database.inOrders(
        List.of(
            "CREATE ROLE orders_owner NOLOGIN",
            "GRANT orders_owner TO " + Database.ADMIN + " WITH ADMIN OPTION"));
    VaultServer vault = RealVault.start(directory.resolve("vault"));
    try (VaultAdmin admin = new VaultAdmin(vault)) {
      issueLogins(admin, database, lease, longest);
      Path login = allowAppRole(admin, directory);
      RunningAgent agent =
          RunningAgent.start(
              directory.resolve("agent"),
              RunningAgent.Setup.of(configuration(vault, login, overlap)));
      return new VaultStage(database, vault, agent);
    }
  }

  private static void issueLogins(
      VaultAdmin admin, Database database, String lease, String longest) {
    admin.write("sys/mounts/database", new JsonObject().add("type", "database"));
    admin.write("sys/mounts/kv", new JsonObject().add("type", "kv-v2"));
    String place = database.url().replaceFirst("^jdbc:postgresql://", "");
    admin.write(
        "database/config/orders",
        new JsonObject()
            .add("plugin_name", "postgresql-database-plugin")
            .add(
                "connection_url",
                "postgres://{{username}}:{{password}}@" + place + "?sslmode=disable")
            .add("username", Database.ADMIN)
            .add("password", Database.ADMIN_PASSWORD)
            .add("password_authentication", "scram-sha-256")
            .add("allowed_roles", new JsonArray().add("orders")));
    admin.write(
        "database/roles/orders",
        new JsonObject()
            .add("db_name", "orders")
            .add(
                "creation_statements",
                new JsonArray()
                    .add(
                        "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}'"
                            + " VALID UNTIL '{{expiration}}' IN ROLE orders_owner"))
            .add("default_ttl", lease)
            .add("max_ttl", longest));
  }

  /** Allows the least that the agent needs, and gives the directory with its login. */
  private static Path allowAppRole(VaultAdmin admin, Path directory) throws IOException {
    admin.write("sys/auth/approle", new JsonObject().add("type", "approle"));
    admin.write(
        "sys/policies/acl/latchkey",
        new JsonObject()
            .add(
                "policy",
                """
                path "database/creds/orders" { capabilities = ["read"] }
                path "kv/data/*" { capabilities = ["create", "read", "update"] }
                path "kv/metadata/*" { capabilities = ["list", "read"] }
                path "sys/leases/renew" { capabilities = ["update"] }
                path "sys/leases/revoke" { capabilities = ["update"] }
                path "sys/leases/lookup/*" { capabilities = ["list", "sudo"] }
                path "sys/leases/lookup" { capabilities = ["update"] }
                """));
    admin.write(
        "auth/approle/role/agent",
        new JsonObject()
            .add("token_policies", new JsonArray().add("latchkey"))
            .add("token_ttl", "60s")
            .add("token_max_ttl", "600s"));
    Path login =
        Files.createDirectories(
            directory.resolve("login"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    JsonObject role = admin.read("auth/approle/role/agent/role-id").get("data").asObject();
    JsonObject secret =
        admin.write("auth/approle/role/agent/secret-id", new JsonObject()).get("data").asObject();
    Files.writeString(login.resolve("role-id"), role.getString("role_id"));
    Files.writeString(login.resolve("secret-id"), secret.getString("secret_id"));
    return login;
  }

  private static String configuration(VaultServer vault, Path login, String overlap) {
    return """
    backends:
      local: {}
      vault:
        type: vault
        address: %s
        login:
          type: approle
          role_id_file: %2$s/role-id
          secret_id_file: %2$s/secret-id
    secrets:
      orders-db:
        backend: vault
        path: database/creds/orders
        kind: database
        required: true
        lease: { overlap: %3$s, exclusive: true }
      greeting: { backend: vault, path: kv/greeting }
    policies:
      - callers: [ { uid: %4$d } ]
        secrets: [ "orders-db", "greeting" ]
        operations: [ read, watch, list ]
    """
        .formatted(vault.address(), login, overlap, Database.ownUid());
  }

  Database database() {
    return database;
  }

  VaultServer vault() {
    return vault;
  }

  RunningAgent agent() {
    return agent;
  }

  @Override
  public void close() throws Exception {
    agent.close();
    vault.close();
    database.close();
  }
}
