package dev.latchkey.demo.agent;

import java.net.URI;
import java.nio.file.Path;

/** What the demo's agent is told of backends, targets and secrets, as its configuration says it. */
final class AgentDeclarations {

  private AgentDeclarations() {}

  /** A login of two users, whom the agent rotates. */
  static String rotating(String databaseUrl) {
    return """
    backends: { local: { type: local } }
    targets:
      orders:
        type: postgresql
        url: "%1$s"
        admin: %2$s
        databases: [%3$s]
    secrets:
      %2$s: { backend: local }
      %4$s:
        backend: local
        kind: database
        rotation:
          target: orders
          users: [orders_a, orders_b]
          owner: %5$s
          overlap: %6$ds
          rollback_window: 2s
    """
        .formatted(
            databaseUrl,
            AgentFiles.ADMIN_SECRET,
            AgentFiles.DATABASE,
            AgentFiles.SECRET,
            AgentFiles.OWNER,
            AgentFiles.OVERLAP.toSeconds());
  }

  /** A login that a Vault leases, and a secret that it keeps. */
  static String leasing(URI vault, Path login) {
    return """
    backends:
      local: { type: local }
      vault:
        type: vault
        address: %1$s
        login:
          type: approle
          role_id_file: %2$s/role-id
          secret_id_file: %2$s/secret-id
    secrets:
      %3$s:
        backend: vault
        path: database/creds/orders
        kind: database
        required: true
        lease: { overlap: %4$ds }
      %5$s: { backend: vault, path: kv/mail/api, required: true }
    """
        .formatted(
            vault,
            login,
            AgentFiles.SECRET,
            AgentFiles.LEASE_OVERLAP.toSeconds(),
            AgentFiles.MAIL_SECRET);
  }
}
