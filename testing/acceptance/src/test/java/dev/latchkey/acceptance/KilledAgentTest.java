package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.agent.rotation.RotationStep;
import dev.latchkey.agent.rotation.StepListener.Moment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent dies at any moment of a rotation; the application goes on, and both logins are
 * accounted for.
 */
@EnabledIfSystemProperty(named = "latchkey.soak", matches = "true")
class KilledAgentTest {

  private static final boolean SOAK = Boolean.getBoolean("latchkey.soak");
  private static final List<RotationStep> STEPS =
      List.of(
          RotationStep.PLANNED,
          RotationStep.CREATED,
          RotationStep.SET,
          RotationStep.VERIFIED,
          RotationStep.PUBLISHED,
          RotationStep.DRAINED,
          RotationStep.RETIRED);

  @TempDir Path directory;

  @Test
  void survivesItsDeathAtEachMomentOfEachStep() throws Exception {
    try (Stage stage = stage()) {
      stage.cli().run("rotate", "orders-db").ok();
      try (Application application = new Application(stage.agent())) {
        for (int round = 0; round < (SOAK ? 10 : 1); round++) {
          for (RotationStep step : STEPS) {
            for (Moment moment : Moment.values()) {
              dieAt(stage, step, moment);
              works(stage, application, step + " " + moment);
            }
          }
        }
        assertThat(application.failures()).isEmpty();
      }
    }
  }

  @Test
  void survivesTwentyKillsAtRandom() throws Exception {
    long seed = Long.getLong("latchkey.test.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    try (Stage stage = stage()) {
      stage.cli().run("rotate", "orders-db").ok();
      try (Application application = new Application(stage.agent())) {
        for (int kill = 1; kill <= 20; kill++) {
          CompletableFuture<Cli.Result> rotation =
              CompletableFuture.supplyAsync(() -> stage.cli().run("rotate", "orders-db"));
          assertThat(stage.agent().process().waitFor(random.nextInt(2500), TimeUnit.MILLISECONDS))
              .as("the agent lives until it is killed")
              .isFalse();
          stage.agent().kill();
          rotation.get(60, TimeUnit.SECONDS);
          stage.agent().restart();
          works(stage, application, "kill " + kill + " of seed " + seed);
        }
        assertThat(application.failures()).as("seed %d", seed).isEmpty();
      }
    }
  }

  private Stage stage() throws Exception {
    Path home = directory.resolve("agent");
    Database database = Database.start(directory.resolve("postgres"));
    RunningAgent agent =
        RunningAgent.start(
            home,
            RunningAgent.Setup.of(database.configuration("6s", "1s"))
                .withClassPath(
                    Installation.root()
                        .resolve("testing/acceptance/target/test-classes")
                        .toString()));
    database.introduceTo(agent.cli());
    return new Stage(database, agent);
  }

  private static void dieAt(Stage stage, RotationStep step, Moment moment) throws Exception {
    stage.agent().close();
    stage.agent().restartWith("-D" + HaltAtStep.PROPERTY + "=" + step + ":" + moment);
    stage.cli().run("rotate", "orders-db");
    await("its death at " + step + " " + moment)
        .atMost(Duration.ofSeconds(90))
        .until(() -> !stage.agent().isAlive());
    assertThat(stage.agent().awaitEnd()).as("%s %s", step, moment).isEqualTo(HaltAtStep.EXIT);
    stage.agent().restartWith();
  }

  private static void works(Stage stage, Application application, String when) {
    await("the rotation to settle after " + when)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> settled(stage));
    long before = application.queries();
    await("queries after " + when)
        .atMost(Duration.ofSeconds(20))
        .until(() -> application.queries() > before + 20);
    Stage.Login current = stage.login();
    assertThat(stage.database().opens(current.user(), current.password())).as(when).isTrue();
    for (String role : List.of("orders_a", "orders_b")) {
      assertThat(isShutOrKnown(stage, role)).as("%s after %s", role, when).isTrue();
    }
  }

  private static boolean settled(Stage stage) {
    JsonNode rotations =
        Stage.json(stage.cli().run("status", "--json").ok().out()).path("rotations");
    for (JsonNode rotation : rotations) {
      if (!List.of("retired", "rolled back", "failed").contains(rotation.path("step").asText())) {
        return false;
      }
    }
    return true;
  }

  private static boolean isShutOrKnown(Stage stage, String role) {
    try {
      if (!stage.database().mayLogin(role)) {
        return true;
      }
    } catch (java.sql.SQLException e) {
      throw new AssertionError(e);
    }
    JsonNode versions =
        Stage.json(stage.cli().run("history", "orders-db", "--json").ok().out()).path("versions");
    for (JsonNode version : versions) {
      Cli.Result found =
          stage
              .cli()
              .run(
                  "get",
                  "orders-db",
                  "--json",
                  "--version",
                  version.path("state").path("version").asText());
      JsonNode fields = Stage.json(found.ok().out()).path("fields");
      if (fields.path("username").asText().equals(role)
          && stage.database().opens(role, fields.path("password").asText())) {
        return true;
      }
    }
    return false;
  }
}
