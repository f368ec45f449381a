package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A login that was leased and lies in files ends with the sidecar that wrote them, and the files
 * are left as their {@code on_exit} says, whatever ends the sidecar.
 */
class LeaseInAFileTest {

  private static final Duration SOON = Duration.ofSeconds(30);

  /** For how long the agent waits for those who may still use what it is going to revoke. */
  private static final Duration DRAIN = Duration.ofSeconds(4);

  @TempDir static Path shared;
  private static Database database;
  private static IssuingVault vault;

  @TempDir Path directory;
  private Job job;

  @BeforeAll
  static void startTheServers() throws Exception {
    database = Database.start(shared.resolve("postgres"));
    VaultStage.Terms terms = VaultStage.Terms.of("60s", "600s", "6s");
    vault = IssuingVault.start(shared, database, terms);
  }

  @AfterAll
  static void endTheServers() throws Exception {
    vault.close();
    database.close();
  }

  @BeforeEach
  void beginTheJob() throws Exception {
    job = Job.begin(directory);
  }

  @AfterEach
  void endTheJob() throws Exception {
    job.close();
  }

  private Path file(String name) {
    return directory.resolve("agent/files").resolve(name);
  }

  /** The files of these names, each of which is left as its name says. */
  private RunningAgent start(SidecarEnd end, List<String> ways) {
    StringBuilder body =
        new StringBuilder(
            """
            backends: { vault: %s }
            secrets:
              orders-db:
                backend: vault
                path: database/creds/orders
                lease: { on_exit: revoke }
            files:
            """
                .formatted(vault.asBackend(vault.server().address())));
    for (String way : ways) {
      body.append("  %1$s: { path: @HOME@/files/%1$s, secret: orders-db, ".formatted(way))
          .append("format: json, on_exit: %s }\n".formatted(way));
    }
    String drain = "  drain: " + DRAIN.toSeconds() + "s\n";
    RunningAgent.Setup setup = end.setup(body + WholeLifeTest.ownPolicy(), drain, job);
    return RunningAgent.start(directory.resolve("agent"), setup);
  }

  /** Waits until the login that the server knows lies in each of the files. */
  private void awaitLogin(List<String> ways) throws Exception {
    for (String way : ways) {
      await(file(way) + " to be written").atMost(SOON).until(() -> Files.exists(file(way)));
    }
    List<String> logins = database.roles(IssuingVault.ISSUED);
    assertThat(logins).hasSize(1);
    for (String way : ways) {
      assertThat(file(way)).content().contains(logins.getFirst());
    }
  }

  /**
   * Who ends with the job has ended, and in a file that is left empty or taken away nobody finds a
   * login any more: nobody is waited for.
   */
  @ParameterizedTest
  @EnumSource
  void theLeaseIsRevokedAndTheFilesAreLeftAsOnExitSaysAtOnce(SidecarEnd end) throws Exception {
    List<String> ways =
        end.isTold() ? List.of("blank", "remove") : List.of("keep", "blank", "remove");
    try (RunningAgent agent = start(end, ways)) {
      CompletableFuture<Instant> ended = agent.process().onExit().thenApply(gone -> Instant.now());
      awaitLogin(ways);
      Instant over = end.come(agent, job);
      Duration took = Duration.between(over, ended.get(30, TimeUnit.SECONDS));
      System.out.println(
          "With its lease the sidecar ended " + took.toMillis() + " ms after " + end);
      assertThat(took).isLessThan(SidecarEnd.LIMIT);
      assertThat(agent.process().exitValue()).isEqualTo(end.code());
    }
    assertRevoked();
    assertThat(file("remove")).doesNotExist();
    assertThat(file("blank")).isEmptyFile();
    if (!end.isTold()) {
      assertThat(file("keep")).content().contains(IssuingVault.ISSUED);
    }
  }

  /**
   * Whoever has a file that stays may still use what is in it, unless it was said to have ended.
   */
  @ParameterizedTest
  @EnumSource(names = {"QUIT", "SIGTERM"})
  void aFileThatStaysHoldsTheLeaseUntilTheDrainIsOver(SidecarEnd end) throws Exception {
    List<String> ways = List.of("keep", "remove");
    try (RunningAgent agent = start(end, ways)) {
      CompletableFuture<Instant> ended = agent.process().onExit().thenApply(gone -> Instant.now());
      awaitLogin(ways);
      Instant asked = end.come(agent, job);
      await("the other file to go").atMost(SOON).until(() -> !Files.exists(file("remove")));
      assertThat(database.roles(IssuingVault.ISSUED)).as("while it is waited for").hasSize(1);
      Duration took = Duration.between(asked, ended.get(30, TimeUnit.SECONDS));
      assertThat(took).isBetween(DRAIN, DRAIN.plus(SidecarEnd.LIMIT));
      assertThat(agent.process().exitValue()).isEqualTo(end.code());
    }
    assertRevoked();
    assertThat(file("remove")).doesNotExist();
    assertThat(file("keep")).content().contains(IssuingVault.ISSUED);
  }

  /** By the time the agent is gone, at the server that issued it and at the database. */
  private static void assertRevoked() throws Exception {
    assertThat(vault.leases()).isEmpty();
    assertThat(database.roles(IssuingVault.ISSUED)).isEmpty();
  }
}
