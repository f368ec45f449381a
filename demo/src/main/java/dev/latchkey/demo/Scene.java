package dev.latchkey.demo;

import dev.latchkey.demo.agent.WatchedLogin;
import java.io.IOException;
import java.sql.SQLException;

/** What differs with the backend that the application's credential comes from. */
sealed interface Scene permits LeasedScene, RotatedScene {

  /** Starts an agent that gives out the first credential, for a table that is there. */
  Stage.Agent agent(Stage stage, Stage.Database database)
      throws IOException, InterruptedException, SQLException;

  /** The JDBC URL that the application is told; empty when the credential carries it. */
  String url(Stage.Database database);

  /**
   * How the logins follow one another.
   *
   * @param expectedLogins how many new logins to wait for after each succession
   */
  Succession succession(
      Stage.Agent agent,
      Stage.Database database,
      WatchedLogin watched,
      Observations observations,
      Patience patience,
      int expectedLogins)
      throws InterruptedException;
}
