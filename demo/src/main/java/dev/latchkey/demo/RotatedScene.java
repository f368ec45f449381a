package dev.latchkey.demo;

import dev.latchkey.demo.agent.AgentFiles;
import dev.latchkey.demo.agent.Operator;
import dev.latchkey.demo.agent.WatchedLogin;
import dev.latchkey.demo.application.Ledger;
import dev.latchkey.demo.database.Superuser;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** The agent knows an administrator of the database and rotates a login between two users. */
record RotatedScene() implements Scene {

  /**
   * Starts an agent that knows the database's administrator, whose rights are those that the agent
   * itself asks for, and has it make the first credential.
   */
  @Override
  public Stage.Agent agent(Stage stage, Stage.Database database)
      throws IOException, InterruptedException, SQLException {
    AgentFiles files =
        AgentFiles.rotating(stage.directory(), database.server().url(AgentFiles.DATABASE));
    Stage.Agent agent = stage.agent(files);
    grant(stage, database.superuser(), agent.operator());
    agent.operator().rotate(AgentFiles.SECRET, step -> {});
    database.superuser().run(AgentFiles.DATABASE, Ledger.statements(AgentFiles.OWNER));
    return agent;
  }

  private static void grant(Stage stage, Superuser superuser, Operator operator)
      throws SQLException {
    String password = Passwords.random();
    superuser.createDatabase(AgentFiles.DATABASE);
    superuser.createLogin(AgentFiles.ADMIN_USER, password);
    operator.putLogin(AgentFiles.ADMIN_SECRET, AgentFiles.ADMIN_USER, password);
    List<String> statements = operator.administratorSql(AgentFiles.DATABASE);
    superuser.run(AgentFiles.DATABASE, statements);
    List<String> missing = operator.missingRights(AgentFiles.DATABASE);
    if (!missing.isEmpty() || superuser.isSuperuser(AgentFiles.ADMIN_USER)) {
      throw new IllegalStateException(
          "the administrator's rights are not as they must be: " + missing);
    }
    stage
        .board()
        .say(
            "the administrator "
                + AgentFiles.ADMIN_USER
                + " is no superuser and has what"
                + " 'latchkey target check --sql' prints: "
                + statements.size()
                + " statements");
  }

  @Override
  public String url(Stage.Database database) {
    return "";
  }

  @Override
  public Succession succession(
      Stage.Agent agent,
      Stage.Database database,
      WatchedLogin watched,
      Observations observations,
      Patience patience,
      int expectedLogins) {
    return new Rotator(
        agent.operator(),
        watched,
        database.server(),
        database.superuser(),
        observations,
        patience,
        expectedLogins);
  }
}
