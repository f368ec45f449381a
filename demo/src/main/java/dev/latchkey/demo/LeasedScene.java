package dev.latchkey.demo;

import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.demo.agent.AgentFiles;
import dev.latchkey.demo.agent.WatchedLogin;
import dev.latchkey.demo.application.Ledger;
import dev.latchkey.demo.database.Superuser;
import dev.latchkey.demo.vault.LeasingVault;
import dev.latchkey.demo.vault.VaultProcess;
import dev.latchkey.testing.vault.VaultBinary;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A real Vault leases the application's login for seconds; the agent, whose own login may do just
 * that, renews the lease and gets its successor.
 *
 * @param binary the server
 */
record LeasedScene(VaultBinary binary) implements Scene {

  private static final String VAULT_USER = "vault_admin";

  @Override
  public Stage.Agent agent(Stage stage, Stage.Database database)
      throws IOException, InterruptedException, SQLException {
    String password = Passwords.random();
    prepare(database.superuser(), password);
    stage.board().say("starting Vault (" + binary.path().getFileName() + ") ...");
    VaultProcess.Root root = stage.vault(binary).awaitServer();
    Path login = stage.directory().directory("login");
    Map<String, String> mail = Map.of("user", "mailer", "password", Passwords.random());
    try (LeasingVault vault = new LeasingVault(root)) {
      String url = database.server().url(AgentFiles.DATABASE);
      vault.issueLogins(
          url.replaceFirst("^jdbc:postgresql://", ""), VAULT_USER, password, AgentFiles.OWNER);
      vault.keep(mail);
      vault.allowAgent(login);
      vault.giveUpRoot();
    }
    stage
        .board()
        .say(
            "Vault leases logins for %d s, for %d s at most; the agent logs in by AppRole and may"
                    .formatted(LeasingVault.LEASE.toSeconds(), LeasingVault.LONGEST.toSeconds())
                + " do nothing else; the root token is revoked");
    Stage.Agent agent = stage.agent(AgentFiles.leasing(stage.directory(), root.address(), login));
    stage.board().say(mailRead(agent, mail));
    return agent;
  }

  /** Vault's own user is no superuser: it makes members of the owner role and ends them. */
  private static void prepare(Superuser superuser, String password) throws SQLException {
    superuser.createDatabase(AgentFiles.DATABASE);
    superuser.createLogin(VAULT_USER, password);
    superuser.run(
        AgentFiles.DATABASE,
        List.of(
            "CREATE ROLE " + AgentFiles.OWNER + " NOLOGIN",
            "ALTER ROLE " + VAULT_USER + " CREATEROLE",
            "GRANT " + AgentFiles.OWNER + " TO " + VAULT_USER + " WITH ADMIN OPTION, INHERIT FALSE",
            "GRANT pg_signal_backend TO " + VAULT_USER,
            "GRANT CONNECT ON DATABASE "
                + AgentFiles.DATABASE
                + " TO "
                + VAULT_USER
                + ", "
                + AgentFiles.OWNER));
    superuser.run(AgentFiles.DATABASE, Ledger.statements(AgentFiles.OWNER));
  }

  private static String mailRead(Stage.Agent agent, Map<String, String> written) {
    try (LatchkeyClient client = LatchkeyClient.builder().socket(agent.files().socket()).build()) {
      Credential read = client.get(AgentFiles.MAIL_SECRET);
      boolean same = written.keySet().stream().allMatch(f -> read.text(f).equals(written.get(f)));
      if (!same) {
        throw new IllegalStateException(
            "the agent does not give out " + AgentFiles.MAIL_SECRET + " as Vault keeps it");
      }
      return "the key-value secret %s, from kv/mail/api: version %s of Vault, fields %s"
          .formatted(read.name(), read.backendVersion(), new TreeSet<>(read.fieldNames()));
    }
  }

  @Override
  public String url(Stage.Database database) {
    return database.server().url(AgentFiles.DATABASE);
  }

  @Override
  public Succession succession(
      Stage.Agent agent,
      Stage.Database database,
      WatchedLogin watched,
      Observations observations,
      Patience patience,
      int expectedLogins)
      throws InterruptedException {
    return new LeasedLogins(
        watched, database.server(), database.superuser(), observations, patience, expectedLogins);
  }
}
