package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A login that the agent rotates and a real Vault keeps, and what an operator takes away there. */
class KeptInVaultTest {

  private static final boolean SOAK = Boolean.getBoolean("latchkey.soak");
  private static final int ROTATIONS = SOAK ? 60 : 4;

  /** A second of the application's queries and more. */
  private static final long QUERIES_BETWEEN = SOAK ? 3000 : 500;

  @TempDir Path directory;
  private Database database;
  private KeepingVault vault;
  private RunningAgent agent;

  @BeforeEach
  void setTheStage() throws Exception {
    database = Database.start(directory.resolve("postgres"));
    vault = KeepingVault.start(directory);
    String body = vault.keeping(database.configuration("3s", "500ms"));
    agent = RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(body));
    database.introduceTo(agent.cli());
  }

  @AfterEach
  void clearTheStage() throws Exception {
    agent.close();
    vault.close();
    database.close();
  }

  @Test
  void noQueryFailsWhileALoginThatVaultKeepsIsRotated() throws Exception {
    agent.cli().run("rotate", "orders-db").ok();
    try (Application application = new Application(agent)) {
      for (int i = 1; i < ROTATIONS; i++) {
        awaitQueries(application);
        agent.cli().run("rotate", "orders-db").ok();
      }
      awaitQueries(application);
      assertThat(application.failures()).isEmpty();
      System.out.printf(
          "%d rotations of a login kept in Vault, %d queries, none failed%n",
          ROTATIONS, application.queries());
    }
    JsonNode kept = vault.newest("orders/db");
    assertThat(kept.path("metadata").path("version").asInt()).isEqualTo(ROTATIONS);
    assertThat(kept.path("data")).isEqualTo(fields());
    assertThat(
            database.opens(
                kept.path("data").path("username").asText(),
                kept.path("data").path("password").asText()))
        .isTrue();
  }

  private static void awaitQueries(Application application) {
    long before = application.queries();
    await("queries between two rotations")
        .atMost(Duration.ofSeconds(60))
        .until(() -> application.queries() >= before + QUERIES_BETWEEN);
  }

  @Test
  void aLoginThatVaultKeepsSurvivesAKillOfTheAgentWhileVaultIsDown() {
    agent.cli().run("rotate", "orders-db").ok();
    JsonNode before = fields();
    agent.kill();
    vault.server().stop();
    agent.restart();
    assertThat(fields()).isEqualTo(before);
    assertThat(database.opens(before.path("username").asText(), before.path("password").asText()))
        .isTrue();
    vault.server().start();
  }

  @Test
  void whatIsTakenAwayIsServedNoMoreAndTheLoginInUseIsNotTakenAway() {
    Cli cli = agent.cli();
    cli.feed("one", "put", "free/mail", "password=-").ok();
    cli.feed("two", "put", "free/mail", "password=-").ok();
    assertThat(value(cli)).isEqualTo("two");

    assertThat(cli.run("delete", "free/mail").ok().out()).contains("version 2 is deleted");
    assertThat(cli.run("get", "free/mail").exit()).isEqualTo(4);
    cli.run("undelete", "free/mail", "--versions", "2").ok();
    assertThat(value(cli)).isEqualTo("two");

    assertThat(cli.run("destroy", "free/mail", "--versions", "2").exit()).isEqualTo(2);
    assertThat(value(cli)).isEqualTo("two");
    cli.run("destroy", "free/mail", "--versions", "2", "--yes").ok();
    Cli.Result gone = cli.run("get", "free/mail");
    assertThat(gone.exit()).isEqualTo(7);
    assertThat(gone.err()).contains("was destroyed");
    cli.feed("three", "put", "free/mail", "password=-").ok();
    assertThat(value(cli)).isEqualTo("three");

    cli.run("rotate", "orders-db").ok();
    Cli.Result refused = cli.run("delete", "orders-db");
    assertThat(refused.exit()).isEqualTo(7);
    assertThat(refused.err()).contains("is rotated");
    assertThat(fields().path("password").asText()).isNotEmpty();
    assertThat(cli.run("delete", "orders-admin").exit()).isEqualTo(7);
  }

  private JsonNode fields() {
    return Stage.json(agent.cli().run("get", "orders-db", "--json").ok().out()).path("fields");
  }

  private static String value(Cli cli) {
    return cli.run("get", "free/mail", "--field", "password").ok().out().strip();
  }
}
