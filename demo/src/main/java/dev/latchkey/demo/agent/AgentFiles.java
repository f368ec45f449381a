package dev.latchkey.demo.agent;

import dev.latchkey.demo.process.TemporaryDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the demo's agent keeps its things, and the configuration that says so.
 *
 * @param home private to the demo
 */
public record AgentFiles(Path home) {

  /** The secret that the agent rotates. */
  public static final String SECRET = "orders-db";

  /** A key-value secret, where there is a Vault to keep it. */
  public static final String MAIL_SECRET = "mail-api";

  /** The secret that holds the administrator's credential. */
  public static final String ADMIN_SECRET = "orders-admin";

  /** The target, the database on it and the role that owns what is in it. */
  public static final String DATABASE = "orders";

  public static final String OWNER = "orders_owner";

  /** The login role that rotates the others. */
  public static final String ADMIN_USER = "orders_admin";

  /** For how long a retired credential is left to those who did not acknowledge. */
  public static final Duration OVERLAP = Duration.ofSeconds(10);

  /** For how long a leased credential lives on beside its successor. */
  public static final Duration LEASE_OVERLAP = Duration.ofSeconds(5);

  /** An agent that rotates a credential of its own. */
  public static AgentFiles rotating(TemporaryDirectory directory, String databaseUrl)
      throws IOException {
    return create(directory, AgentDeclarations.rotating(databaseUrl));
  }

  /**
   * An agent that leases from a Vault.
   *
   * @param login the directory with the files {@code role-id} and {@code secret-id}
   */
  public static AgentFiles leasing(TemporaryDirectory directory, URI vault, Path login)
      throws IOException {
    return create(directory, AgentDeclarations.leasing(vault, login));
  }

  /** Makes the directories, private before any socket is in them, and writes the configuration. */
  private static AgentFiles create(TemporaryDirectory directory, String declarations)
      throws IOException {
    AgentFiles files = new AgentFiles(directory.directory("agent"));
    Files.writeString(files.configuration(), files.place() + declarations + policy());
    return files;
  }

  public Path configuration() {
    return home.resolve("latchkey.yml");
  }

  public Path socket() {
    return home.resolve("run/agent.sock");
  }

  public Path operatorSocket() {
    return home.resolve("run/operator/operator.sock");
  }

  private String place() {
    return """
    agent:
      state_dir: %1$s/state
      state_key: { file: %1$s/state.key }
      socket: %2$s
      operator_socket: %3$s
      management_port: 0
      drain: 3s
    mounts: []
    """
        .formatted(home, socket(), operatorSocket());
  }

  private static String policy() throws IOException {
    return """
    policies:
      - callers: [ { uid: %s } ]
        secrets: [ %s, %s ]
        operations: [ read, watch ]
    """
        .formatted(ownUid(), SECRET, MAIL_SECRET);
  }

  private static String ownUid() throws IOException {
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    return Integer.toUnsignedString(uid);
  }
}
