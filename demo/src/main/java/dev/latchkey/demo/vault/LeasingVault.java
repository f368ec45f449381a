package dev.latchkey.demo.vault;

import dev.latchkey.testing.vault.VaultAdmin;
import io.github.jopenlibs.vault.json.JsonArray;
import io.github.jopenlibs.vault.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Sets a Vault up as its administrator would: an engine that issues logins of a PostgreSQL, a
 * key-value engine, and a way in for the agent that may do what the agent needs and no more.
 */
public final class LeasingVault implements AutoCloseable {

  /** For how long a login is leased, and for how long at most with all renewals. */
  public static final Duration LEASE = Duration.ofSeconds(12);

  public static final Duration LONGEST = Duration.ofSeconds(15);

  private static final String POLICY =
      """
      path "database/creds/orders" { capabilities = ["read"] }
      path "kv/data/mail/api" { capabilities = ["read"] }
      path "sys/leases/renew" { capabilities = ["update"] }
      path "sys/leases/revoke" { capabilities = ["update"] }
      """;

  private final VaultAdmin admin;

  public LeasingVault(VaultProcess.Root root) {
    this.admin = new VaultAdmin(root.address(), root.token());
  }

  /**
   * Has it issue logins of a database.
   *
   * @param place host, port and database, such as {@code 127.0.0.1:5432/orders}
   * @param owner the role that each login is a member of
   */
  public void issueLogins(String place, String user, String password, String owner) {
    admin.write("sys/mounts/database", new JsonObject().add("type", "database"));
    admin.write(
        "database/config/orders",
        new JsonObject()
            .add("plugin_name", "postgresql-database-plugin")
            .add(
                "connection_url",
                "postgres://{{username}}:{{password}}@" + place + "?sslmode=disable")
            .add("username", user)
            .add("password", password)
            .add("password_authentication", "scram-sha-256")
            .add("username_template", "{{ printf \"%s_%s\" .RoleName (random 6) }}")
            .add("allowed_roles", new JsonArray().add("orders")));
    admin.write(
        "database/roles/orders",
        new JsonObject()
            .add("db_name", "orders")
            .add("creation_statements", statements(creation(owner)))
            .add("revocation_statements", statements(REVOCATION))
            .add("default_ttl", LEASE.toSeconds() + "s")
            .add("max_ttl", LONGEST.toSeconds() + "s"));
  }

  private static List<String> creation(String owner) {
    return List.of(
        "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"
            + " IN ROLE \""
            + owner
            + "\"");
  }

  /** Whoever still works with a login that ended is sent away: the control run shows it. */
  private static final List<String> REVOCATION =
      List.of(
          "ALTER ROLE \"{{name}}\" NOLOGIN",
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}'",
          "DROP ROLE IF EXISTS \"{{name}}\"");

  private static JsonArray statements(List<String> statements) {
    JsonArray array = new JsonArray();
    statements.forEach(array::add);
    return array;
  }

  /** Puts a secret into the key-value engine. */
  public void keep(Map<String, String> fields) {
    admin.write("sys/mounts/kv", new JsonObject().add("type", "kv-v2"));
    JsonObject data = new JsonObject();
    fields.forEach(data::add);
    admin.awaitEngine(() -> admin.write("kv/data/mail/api", new JsonObject().add("data", data)));
  }

  /** Lets the agent in by AppRole, and writes its two halves into {@code directory}. */
  public void allowAgent(Path directory) throws IOException {
    admin.write("sys/auth/approle", new JsonObject().add("type", "approle"));
    admin.write("sys/policies/acl/latchkey", new JsonObject().add("policy", POLICY));
    admin.write(
        "auth/approle/role/agent",
        new JsonObject()
            .add("token_policies", new JsonArray().add("latchkey"))
            .add("token_ttl", "60s")
            .add("token_max_ttl", "10m"));
    JsonObject role = admin.read("auth/approle/role/agent/role-id").get("data").asObject();
    JsonObject secret =
        admin.write("auth/approle/role/agent/secret-id", new JsonObject()).get("data").asObject();
    Files.writeString(directory.resolve("role-id"), role.getString("role_id"));
    Files.writeString(directory.resolve("secret-id"), secret.getString("secret_id"));
  }

  /** Ends the root token: from here on nobody may more than the policy says. */
  public void giveUpRoot() {
    admin.revoke(admin.root());
  }

  @Override
  public void close() {
    admin.close();
  }
}
