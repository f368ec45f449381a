package dev.latchkey.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.function.UnaryOperator;

/** A database and an agent that rotates a credential on it. */
record Stage(Database database, RunningAgent agent) implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Sets the stage below {@code directory}; the administrator is known, nothing was rotated yet.
   */
  static Stage set(Path directory, String overlap, String rollbackWindow)
      throws IOException, SQLException {
    return set(directory, overlap, rollbackWindow, UnaryOperator.identity());
  }

  /** The same, with a configuration that is changed before the agent starts. */
  static Stage set(
      Path directory, String overlap, String rollbackWindow, UnaryOperator<String> changed)
      throws IOException, SQLException {
    Database database = Database.start(directory.resolve("postgres"));
    RunningAgent agent =
        RunningAgent.start(
            directory.resolve("agent"),
            RunningAgent.Setup.of(changed.apply(database.configuration(overlap, rollbackWindow))));
    database.introduceTo(agent.cli());
    return new Stage(database, agent);
  }

  Cli cli() {
    return agent.cli();
  }

  /** The current credential, as the application would read it. */
  Login login() {
    JsonNode fields = json(cli().run("get", "orders-db", "--json").ok().out()).path("fields");
    return new Login(fields.path("username").asText(), fields.path("password").asText());
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  @Override
  public void close() throws Exception {
    agent.close();
    database.close();
  }

  /** A user and its password. */
  record Login(String user, String password) {}
}
