package dev.latchkey.acceptance;

import dev.latchkey.testing.vault.FaultyProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;

/** A database, a Vault that issues its logins, and an agent that leases {@code orders-db} there. */
record VaultStage(
    Database database, IssuingVault vault, Optional<FaultyProxy> between, RunningAgent agent)
    implements AutoCloseable {

  /**
   * How long what the server grants lives.
   *
   * @param lease the life of a lease
   * @param longest its greatest life, renewals included
   * @param overlap for how long the agent keeps a login beside its successor
   * @param tokenLongest the greatest life of the agent's token, renewals included
   * @param exclusive whether the agent may find its own leases again
   * @param onExit what becomes of a lease when the agent ends
   */
  record Terms(
      String lease,
      String longest,
      String overlap,
      String tokenLongest,
      boolean exclusive,
      String onExit) {

    static Terms of(String lease, String longest, String overlap) {
      return new Terms(lease, longest, overlap, "600s", true, "keep");
    }

    Terms withToken(String life) {
      return new Terms(lease, longest, overlap, life, exclusive, onExit);
    }

    /** The same, where others may ask for leases at the same place. */
    Terms shared() {
      return new Terms(lease, longest, overlap, tokenLongest, false, onExit);
    }

    Terms revokedOnExit() {
      return new Terms(lease, longest, overlap, tokenLongest, exclusive, "revoke");
    }
  }

  /** Sets the stage below {@code directory}; the agent calls the server itself. */
  static VaultStage set(Path directory, Terms terms) throws IOException, SQLException {
    return set(directory, terms, false);
  }

  /** Sets the stage below {@code directory}, with a proxy between the agent and the server. */
  static VaultStage setBehindProxy(Path directory, Terms terms) throws IOException, SQLException {
    return set(directory, terms, true);
  }

  private static VaultStage set(Path directory, Terms terms, boolean proxied)
      throws IOException, SQLException {
    Database database = Database.start(directory.resolve("postgres"));
    IssuingVault vault = IssuingVault.start(directory, database, terms);
    Optional<FaultyProxy> between =
        proxied ? Optional.of(new FaultyProxy(vault.server().address())) : Optional.empty();
    URI address = between.map(FaultyProxy::address).orElse(vault.server().address());
    String body = configuration(vault.asBackend(address), terms);
    RunningAgent agent =
        RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(body));
    return new VaultStage(database, vault, between, agent);
  }

  private static String configuration(String backend, Terms terms) {
    return """
    backends:
      local: {}
      vault: %s
    secrets:
      orders-db:
        backend: vault
        path: database/creds/orders
        kind: database
        required: true
        lease: { overlap: %s, exclusive: %s, on_exit: %s }
      greeting: { backend: vault, path: kv/greeting, refresh: 2s, max_stale: 10m }
    policies:
      - callers: [ { uid: %d } ]
        secrets: [ "orders-db", "greeting" ]
        operations: [ read, watch, list ]
    """
        .formatted(backend, terms.overlap(), terms.exclusive(), terms.onExit(), Database.ownUid());
  }

  FaultyProxy proxy() {
    return between.orElseThrow();
  }

  /** The leases as the agent's own ledger has them. */
  Ledger ledger() {
    return Ledger.of(agent);
  }

  @Override
  public void close() throws Exception {
    agent.close();
    between.ifPresent(FaultyProxy::close);
    vault.close();
    database.close();
  }
}
