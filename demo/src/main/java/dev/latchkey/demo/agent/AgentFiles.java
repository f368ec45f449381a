package dev.latchkey.demo.agent;

import dev.latchkey.demo.process.TemporaryDirectory;
import java.io.IOException;
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

  /** The secret that holds the administrator's credential. */
  public static final String ADMIN_SECRET = "orders-admin";

  /** The target, the database on it and the role that owns what is in it. */
  public static final String DATABASE = "orders";

  public static final String OWNER = "orders_owner";

  /** The login role that rotates the others. */
  public static final String ADMIN_USER = "orders_admin";

  /** For how long a retired credential is left to those who did not acknowledge. */
  public static final Duration OVERLAP = Duration.ofSeconds(10);

  /** Makes the directories, private before any socket is in them, and writes the configuration. */
  public static AgentFiles create(TemporaryDirectory directory, String databaseUrl)
      throws IOException {
    AgentFiles files = new AgentFiles(directory.directory("agent"));
    Files.writeString(files.configuration(), files.text(databaseUrl));
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

  private String text(String databaseUrl) throws IOException {
    return """
    agent:
      state_dir: %1$s/state
      state_key: { file: %1$s/state.key }
      socket: %2$s
      operator_socket: %3$s
      management_port: 0
      drain: 3s
    backends: { local: { type: local } }
    mounts: []
    targets:
      orders:
        type: postgresql
        url: "%4$s"
        admin: %5$s
        databases: [%6$s]
    secrets:
      %5$s: { backend: local }
      %7$s:
        backend: local
        kind: database
        rotation:
          target: orders
          users: [orders_a, orders_b]
          owner: %8$s
          overlap: %9$ds
          rollback_window: 2s
    policies:
      - callers: [ { uid: %10$s } ]
        secrets: [ %7$s ]
        operations: [ read, watch ]
    """
        .formatted(
            home,
            socket(),
            operatorSocket(),
            databaseUrl,
            ADMIN_SECRET,
            DATABASE,
            SECRET,
            OWNER,
            OVERLAP.toSeconds(),
            ownUid());
  }

  private static String ownUid() throws IOException {
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    return Integer.toUnsignedString(uid);
  }
}
