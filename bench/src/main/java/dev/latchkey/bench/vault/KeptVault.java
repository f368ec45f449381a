package dev.latchkey.bench.vault;

import dev.latchkey.testing.vault.FaultyProxy;
import dev.latchkey.testing.vault.VaultAdmin;
import dev.latchkey.testing.vault.VaultBinary;
import dev.latchkey.testing.vault.VaultServer;
import io.github.jopenlibs.vault.json.JsonArray;
import io.github.jopenlibs.vault.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A real Vault with many key-value secrets, and a proxy before it that counts what comes to it.
 * Agents log in by AppRole and may read the secrets, and nothing else.
 */
public final class KeptVault implements AutoCloseable {

  private static final String POLICY = "path \"kv/data/app/*\" { capabilities = [\"read\"] }";

  private final VaultServer server;
  private final FaultyProxy proxy;
  private final Path login;
  private final String token;

  private KeptVault(VaultServer server, Path login, String token) {
    this.server = server;
    this.proxy = new FaultyProxy(server.address());
    this.login = login;
    this.token = token;
  }

  /** Starts one below {@code directory} and puts so many secrets into it. */
  public static KeptVault start(VaultBinary binary, Path directory, int secrets)
      throws IOException {
    Path login = Files.createDirectory(directory.resolve("login"));
    VaultServer server = binary.start(directory.resolve("vault"));
    try (VaultAdmin admin = new VaultAdmin(server)) {
      admin.write("sys/mounts/kv", new JsonObject().add("type", "kv-v2"));
      admin.awaitEngine(() -> keep(admin, 0));
      for (int secret = 1; secret < secrets; secret++) {
        keep(admin, secret);
      }
      letIn(admin, login);
      return new KeptVault(server, login, admin.tokenWith(POLICY));
    }
  }

  private static void keep(VaultAdmin admin, int secret) {
    admin.write(
        "kv/data/" + path(secret),
        new JsonObject().add("data", new JsonObject().add("value", value(secret))));
  }

  private static void letIn(VaultAdmin admin, Path login) throws IOException {
    admin.write("sys/auth/approle", new JsonObject().add("type", "approle"));
    admin.write(
        "auth/approle/role/agent",
        new JsonObject()
            .add("token_policies", new JsonArray().add(admin.policy(POLICY)))
            .add("token_ttl", "1h"));
    JsonObject role = admin.read("auth/approle/role/agent/role-id").get("data").asObject();
    JsonObject secret =
        admin.write("auth/approle/role/agent/secret-id", new JsonObject()).get("data").asObject();
    Files.writeString(login.resolve("role-id"), role.getString("role_id"));
    Files.writeString(login.resolve("secret-id"), secret.getString("secret_id"));
  }

  /** The name of a secret, both at the agent and below its mount. */
  public static String path(int secret) {
    return "app/s%04d".formatted(secret);
  }

  /** What a secret holds in its one field, {@code value}. */
  public static String value(int secret) {
    return "%04d".formatted(secret) + "v".repeat(196);
  }

  /**
   * An agent's configuration of this server, which it reaches through the proxy.
   *
   * @param refreshSeconds how often it confirms what it holds
   */
  public String declarations(int refreshSeconds) {
    return """
    backends:
      vault:
        type: vault
        address: %1$s
        login: { type: approle, role_id_file: %2$s/role-id, secret_id_file: %2$s/secret-id }
    mounts: [ { prefix: "app/", backend: vault, path: "kv/app/", refresh: %3$ds } ]
    """
        .formatted(proxy.address(), login, refreshSeconds);
  }

  /** Where the server itself is, for who goes there without an agent. */
  public URI address() {
    return server.address();
  }

  /** A token that may read the secrets. */
  public String token() {
    return token;
  }

  /** How many requests came to the proxy so far, logins and everything else included. */
  public int requests() {
    return proxy.requests();
  }

  @Override
  public void close() {
    proxy.close();
    server.close();
  }
}
