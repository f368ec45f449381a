package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.agent.rotation.RotationStep;
import dev.latchkey.agent.rotation.StepListener.Moment;
import dev.latchkey.client.Credential;
import dev.latchkey.client.GetOptions;
import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.v1.GetHistoryRequest;
import dev.latchkey.v1.GetHistoryResponse;
import dev.latchkey.v1.GetStatusRequest;
import dev.latchkey.v1.RotationStatus;
import dev.latchkey.v1.VersionEntry;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent dies at any moment of a rotation; the application goes on, and both logins are
 * accounted for.
 */
class KilledAgentTest {

  private static final int ROUNDS = Boolean.getBoolean("latchkey.soak") ? 10 : 1;
  private static final int KILLS = 20;
  private static final List<RotationStep> STEPS =
      List.of(
          RotationStep.PLANNED,
          RotationStep.CREATED,
          RotationStep.SET,
          RotationStep.VERIFIED,
          RotationStep.PUBLISHED,
          RotationStep.DRAINED,
          RotationStep.RETIRED);
  private static final Set<String> ENDS = Set.of("retired", "rolled back", "failed");

  /** Longer than an agent may be away on a slow machine; it ends while the agent is away, too. */
  private static final String OVERLAP = "20s";

  @TempDir Path directory;
  private Path halt;
  private Stage stage;
  private Onlooker onlooker;

  @BeforeEach
  void setTheStage() throws Exception {
    halt = directory.resolve("halt");
    Database database = Database.start(directory.resolve("postgres"));
    RunningAgent agent =
        RunningAgent.start(
            directory.resolve("agent"),
            RunningAgent.Setup.of(database.configuration(OVERLAP, "500ms"))
                .withClassPath(HaltAtStep.classPath())
                .withJvm(HaltAtStep.option(halt)));
    stage = new Stage(database, agent);
    database.introduceTo(agent.cli());
    rotate();
    onlooker = new Onlooker(agent);
  }

  @AfterEach
  void clearTheStage() throws Exception {
    onlooker.close();
    stage.close();
  }

  @Test
  void survivesItsDeathAtEachMomentOfEachStep() throws Exception {
    try (Application application = new Application(stage.agent())) {
      for (int round = 1; round <= ROUNDS; round++) {
        for (RotationStep step : STEPS) {
          for (Moment moment : Moment.values()) {
            dieAt(step, moment);
            works(application, step + " " + moment + ", round " + round);
          }
        }
      }
      assertThat(application.failures()).as(() -> "with these rotations: " + rotations()).isEmpty();
    }
  }

  @Test
  void survivesTwentyKillsAtRandom() throws Exception {
    long seed = Long.getLong("latchkey.test.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    try (Application application = new Application(stage.agent())) {
      for (int kill = 1; kill <= KILLS; kill++) {
        Thread rotation = Thread.startVirtualThread(this::rotateUntilKilled);
        assertThat(stage.agent().process().waitFor(random.nextInt(1500), TimeUnit.MILLISECONDS))
            .as("the agent ended by itself")
            .isFalse();
        stage.agent().kill();
        assertThat(rotation.join(Duration.ofSeconds(30))).isTrue();
        stage.agent().restart();
        works(application, "kill " + kill + " of seed " + seed);
      }
      assertThat(application.failures())
          .as(() -> "of seed " + seed + ", with these rotations: " + rotations())
          .isEmpty();
    }
  }

  private void dieAt(RotationStep step, Moment moment) throws Exception {
    HaltAtStep.arm(halt, step, moment);
    rotateUntilKilled();
    assertThat(stage.agent().awaitEnd(step + " " + moment)).isEqualTo(HaltAtStep.EXIT);
    stage.agent().restart();
  }

  private void rotate() {
    try (Operator operator = new Operator(stage.agent())) {
      operator.rotate("orders-db");
    }
  }

  private void rotateUntilKilled() {
    // What became of the rotation is looked at after the next start.
    Operator.untilKilled(stage.agent(), operator -> operator.rotate("orders-db"));
  }

  private void works(Application application, String when) throws SQLException {
    await("the rotation to settle after " + when)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(this::isSettled);
    long before = application.queries();
    await("queries after " + when)
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> application.queries() > before + 20);
    Credential current = onlooker.awaitVersion(newestVersion());
    assertThat(opens(current)).as("the current login after %s", when).isTrue();
    for (String role : List.of("orders_a", "orders_b")) {
      assertThat(
              !stage.database().mayLogin(role)
                  || current.text("username").equals(role)
                  || isKnown(role))
          .as("%s after %s", role, when)
          .isTrue();
    }
  }

  /** An agent that has just started says nothing of a rotation before it took it up. */
  private boolean isSettled() {
    try (Operator operator = new Operator(stage.agent())) {
      List<RotationStatus> rotations =
          operator.calls().getStatus(GetStatusRequest.getDefaultInstance()).getRotationsList();
      return !rotations.isEmpty()
          && rotations.stream().allMatch(rotation -> ENDS.contains(rotation.getStep()));
    }
  }

  private List<VersionEntry> versions() {
    return history().getVersionsList();
  }

  private List<RotationStatus> rotations() {
    return history().getRotationsList();
  }

  private GetHistoryResponse history() {
    try (Operator operator = new Operator(stage.agent())) {
      GetHistoryRequest request = GetHistoryRequest.newBuilder().setName("orders-db").build();
      return operator.calls().getHistory(request);
    }
  }

  private long newestVersion() {
    return versions().get(0).getState().getVersion();
  }

  /** Whether the role opens with the password of an earlier version that the store holds. */
  private boolean isKnown(String role) {
    try (LatchkeyClient client = LatchkeyClient.builder().socket(stage.agent().socket()).build()) {
      return versions().stream()
          .filter(version -> version.getLogin().equals(role))
          .map(VersionEntry::getBackendVersion)
          .map(version -> GetOptions.CURRENT.withBackendVersion(version))
          .anyMatch(options -> opens(client.get("orders-db", options)));
    }
  }

  private boolean opens(Credential credential) {
    return stage.database().opens(credential.text("username"), credential.text("password"));
  }
}
