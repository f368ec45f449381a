package dev.latchkey.acceptance;

import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import dev.latchkey.testing.vault.VaultServer;
import io.github.jopenlibs.vault.json.JsonArray;
import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.json.JsonValue;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A real Vault that issues logins of a real PostgreSQL and lets agents in by AppRole, and what it
 * says itself of the tokens and leases that it granted.
 */
final class IssuingVault implements AutoCloseable {

  /** How the names of the logins begin that it issues. */
  static final String ISSUED = "v-approle-";

  /** All that an agent needs to read, write, lease and find its own leases again. */
  static final String ALL =
      """
      path "database/creds/orders" { capabilities = ["read"] }
      path "kv/data/*" { capabilities = ["create", "read", "update"] }
      path "kv/metadata/*" { capabilities = ["list", "read"] }
      path "sys/leases/renew" { capabilities = ["update"] }
      path "sys/leases/revoke" { capabilities = ["update"] }
      path "sys/leases/lookup/*" { capabilities = ["list", "sudo"] }
      path "sys/leases/lookup" { capabilities = ["update"] }
      """;

  private static final String ISSUING = "database/creds/orders";
  private static final String LOGIN = "auth/approle/login";

  private final VaultServer server;
  private final VaultAdmin admin;
  private final Path login;

  private IssuingVault(VaultServer server, VaultAdmin admin, Path login) {
    this.server = server;
    this.admin = admin;
    this.login = login;
  }

  /** Starts one below {@code directory} that issues logins of {@code database}. */
  static IssuingVault start(Path directory, Database database, VaultStage.Terms terms)
      throws IOException, SQLException {
    database.inOrders(
        List.of(
            "CREATE ROLE orders_owner NOLOGIN",
            "GRANT orders_owner TO " + Database.ADMIN + " WITH ADMIN OPTION"));
    VaultServer server = RealVault.start(directory.resolve("vault"));
    VaultAdmin admin = new VaultAdmin(server);
    IssuingVault vault = new IssuingVault(server, admin, directory.resolve("login"));
    vault.issueLogins(database, terms);
    vault.allow(ALL);
    vault.letIn(terms);
    return vault;
  }

  private void issueLogins(Database database, VaultStage.Terms terms) {
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
            .add("default_ttl", terms.lease())
            .add("max_ttl", terms.longest()));
  }

  private void letIn(VaultStage.Terms terms) throws IOException {
    admin.write("sys/auth/approle", new JsonObject().add("type", "approle"));
    admin.write(
        "auth/approle/role/agent",
        new JsonObject()
            .add("token_policies", new JsonArray().add("latchkey"))
            .add("token_ttl", "60s")
            .add("token_max_ttl", terms.tokenLongest()));
    Files.createDirectories(
        login, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    JsonObject role = admin.read("auth/approle/role/agent/role-id").get("data").asObject();
    JsonObject secret =
        admin.write("auth/approle/role/agent/secret-id", new JsonObject()).get("data").asObject();
    Files.writeString(login.resolve("role-id"), role.getString("role_id"));
    Files.writeString(login.resolve("secret-id"), secret.getString("secret_id"));
  }

  /** What an agent's configuration says of it, found at {@code address}; below a backend's name. */
  String asBackend(URI address) {
    return "{ type: vault, address: \"%s\", connect_timeout: 1s, request_timeout: 8s, "
            .formatted(address)
        + "login: { type: approle, role_id_file: \"%s/role-id\", ".formatted(login)
        + "secret_id_file: \"%s/secret-id\" } }".formatted(login);
  }

  VaultServer server() {
    return server;
  }

  VaultAdmin admin() {
    return admin;
  }

  /** From now on agents may do what {@code rules} say. */
  void allow(String rules) {
    admin.write("sys/policies/acl/latchkey", new JsonObject().add("policy", rules));
  }

  /** Writes a secret of one field into the key-value engine. */
  void put(String name, String word) {
    JsonObject data = new JsonObject().add("data", new JsonObject().add("word", word));
    admin.write("kv/data/" + name, data);
  }

  /** The leases of logins that have not ended. */
  Set<String> leases() {
    Set<String> leases = new TreeSet<>();
    keys("sys/leases/lookup/" + ISSUING).forEach(key -> leases.add(ISSUING + "/" + key));
    return leases;
  }

  /** The accessors of the tokens that agents logged in for and that have not ended. */
  Set<String> tokens() {
    Set<String> tokens = new TreeSet<>();
    for (String accessor : keys("auth/token/accessors")) {
      if (made(accessor).equals(LOGIN)) {
        tokens.add(accessor);
      }
    }
    return tokens;
  }

  /** Where a token was made; nowhere if it ended meanwhile. */
  private String made(String accessor) {
    try {
      JsonObject body = new JsonObject().add("accessor", accessor);
      return admin
          .write("auth/token/lookup-accessor", body)
          .get("data")
          .asObject()
          .getString("path");
    } catch (IllegalStateException ended) {
      return "";
    }
  }

  /** Ends the tokens of all agents, and so their leases. */
  void endTokens() {
    for (String accessor : tokens()) {
      admin.write("auth/token/revoke-accessor", new JsonObject().add("accessor", accessor));
    }
  }

  private List<String> keys(String path) {
    return admin
        .list(path)
        .map(answer -> answer.get("data").asObject().get("keys").asArray().values())
        .orElse(List.of())
        .stream()
        .map(JsonValue::asString)
        .toList();
  }

  @Override
  public void close() {
    admin.close();
    server.close();
  }
}
