package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.v1.GetStatusRequest;
import dev.latchkey.v1.QuitRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A sidecar of files: ready when every required one is written, over when its job is. */
class SidecarTest {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration LIMIT = Duration.ofSeconds(2);

  @TempDir Path directory;
  private Process job;

  /** The job: ends at the end of its input. */
  @BeforeEach
  void beginTheJob() throws IOException {
    job = new ProcessBuilder("sh", "-c", "echo $$ > '%s'; read line".formatted(pidFile())).start();
  }

  @AfterEach
  void endTheJob() throws InterruptedException {
    job.destroyForcibly().waitFor();
  }

  private Path pidFile() {
    return directory.resolve("job.pid");
  }

  /** What ends the agent, and the code that it ends with. */
  enum End {
    /** The child of {@code latchkey exec --quit-agent} ends. */
    CHILD(0),
    /** The process that {@code --quit-after} names ends. */
    PROCESS(0),
    /** The process that {@code agent.quit_after.pid_file} names ends. */
    PID_FILE(0),
    /** It is asked to, as {@code latchkey quit} does; the time of that program is not its own. */
    QUIT(0),
    /** What a kubelet and systemd do. */
    SIGTERM(143);

    private final int code;

    End(int code) {
      this.code = code;
    }
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void theSidecarEndsWithTheJobAndLeavesTheFilesAsOnExitSays(End end) throws Exception {
    try (RunningAgent agent = RunningAgent.start(directory.resolve("agent"), setup(end))) {
      CompletableFuture<Instant> ended = agent.process().onExit().thenApply(gone -> Instant.now());
      put(agent, "orders-db", "s3cret");
      for (String name : List.of("kept", "blanked", "removed")) {
        awaitContent(file(name), "s3cret");
      }
      awaitContent(file("set/b"), "VALUE='s3cret'");

      Instant over = end(end, agent);
      Duration took = Duration.between(over, ended.get(30, TimeUnit.SECONDS));
      System.out.println("The sidecar ended " + took.toMillis() + " ms after " + end);
      assertThat(took).isLessThan(LIMIT);
      assertThat(agent.process().exitValue()).isEqualTo(end.code);
    }
    assertThat(file("kept")).hasContent("s3cret");
    assertThat(file("blanked")).isEmptyFile();
    try (Stream<Path> left = Files.list(file(""))) {
      assertThat(left).containsExactlyInAnyOrder(file("kept"), file("blanked"));
    }
  }

  private Path file(String name) {
    return directory.resolve("agent/files").resolve(name);
  }

  private RunningAgent.Setup setup(End end) {
    String section = end == End.PID_FILE ? "  quit_after: { pid_file: " + pidFile() + " }" : "";
    RunningAgent.Setup setup = new RunningAgent.Setup(files(), section, List.of(), "", List.of());
    String option = "exec \"$@\" --quit-after " + job.pid();
    return end == End.PROCESS ? setup.through(List.of("sh", "-c", option, "sh")) : setup;
  }

  /** Lets the job end, tells the agent where it does not see that, and answers when that was. */
  private Instant end(End end, RunningAgent agent) throws Exception {
    return switch (end) {
      case CHILD -> childOf(agent);
      case PROCESS, PID_FILE -> endOfJob();
      case QUIT -> {
        assertOutlives(agent, endOfJob());
        try (Operator operator = new Operator(agent)) {
          Instant asked = Instant.now();
          var _ = operator.calls().quit(QuitRequest.getDefaultInstance());
          yield asked;
        }
      }
      case SIGTERM -> {
        assertOutlives(agent, endOfJob());
        Instant asked = Instant.now();
        agent.process().destroy();
        yield asked;
      }
    };
  }

  private Instant endOfJob() throws Exception {
    job.getOutputStream().close();
    assertThat(job.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return Instant.now();
  }

  /** The control: an agent that nobody told goes on without the job. */
  private static void assertOutlives(RunningAgent agent, Instant over) {
    await("the limit to pass").atMost(SOON).until(() -> Instant.now().isAfter(over.plus(LIMIT)));
    assertThat(agent.isAlive()).isTrue();
    try (Operator operator = new Operator(agent)) {
      assertThat(operator.calls().getStatus(GetStatusRequest.getDefaultInstance()).getReady())
          .isTrue();
    }
  }

  private Instant childOf(RunningAgent agent) throws IOException {
    Path over = directory.resolve("over");
    String child = "test -n \"$ORDERS_DB_VALUE\" && : > '%s'".formatted(over);
    agent
        .cli()
        .run("exec", "--secret", "orders-db", "--quit-agent", "--", "/bin/sh", "-c", child)
        .ok();
    return Files.getLastModifiedTime(over).toInstant();
  }

  private static String files() {
    return """
    secrets: { orders-db: { backend: local } }
    files:
      kept: { path: @HOME@/files/kept, secret: orders-db }
      blanked: { path: @HOME@/files/blanked, secret: orders-db, on_exit: blank }
      removed: { path: @HOME@/files/removed, secret: orders-db, on_exit: remove }
      set:
        path: @HOME@/files/set
        secret: orders-db
        on_exit: remove
        set: { a: { format: json }, b: { format: dotenv } }
    """
        + WholeLifeTest.ownPolicy();
  }

  /** What is in the files of an application that has ended is held by nobody. */
  @Test
  void theLeaseInAFileIsRevokedWithTheJob() throws Exception {
    VaultStage.Terms terms = VaultStage.Terms.of("60s", "600s", "6s");
    try (Database database = Database.start(directory.resolve("postgres"));
        IssuingVault vault = IssuingVault.start(directory, database, terms)) {
      String body =
          """
          backends: { vault: %s }
          secrets:
            orders-db:
              backend: vault
              path: database/creds/orders
              lease: { on_exit: revoke }
          files:
            login: { path: @HOME@/files/login, secret: orders-db, format: json, on_exit: remove }
          """
              .formatted(vault.asBackend(vault.server().address()));
      String section = "  quit_after: { pid_file: " + pidFile() + " }";
      RunningAgent.Setup setup = new RunningAgent.Setup(body, section, List.of(), "", List.of());
      try (RunningAgent agent = RunningAgent.start(directory.resolve("agent"), setup)) {
        CompletableFuture<Instant> ended =
            agent.process().onExit().thenApply(gone -> Instant.now());
        agent.cli().run("wait", "--for", "file:login").ok();
        assertThat(database.roles(IssuingVault.ISSUED)).hasSize(1);
        Instant over = endOfJob();
        assertThat(Duration.between(over, ended.get(30, TimeUnit.SECONDS))).isLessThan(LIMIT);
        assertThat(agent.process().exitValue()).isZero();
      }
      assertThat(database.roles(IssuingVault.ISSUED)).isEmpty();
      assertThat(file("login")).doesNotExist();
    }
  }

  @Test
  void notReadyNamesEachRequiredFileUntilItIsWritten() throws Exception {
    String body =
        """
        mounts: [ { prefix: "app/" } ]
        files:
          first: { path: @HOME@/files/first, secret: app/first }
          second: { path: @HOME@/files/second, secret: app/second }
          spare: { path: @HOME@/files/spare, secret: app/spare, required: false }
        """
            + WholeLifeTest.ownPolicy();
    try (RunningAgent agent =
        RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(body))) {
      assertNotReady(agent, List.of("first", "second"), List.of());
      put(agent, "app/first", "1");
      awaitContent(file("first"), "1");
      assertNotReady(agent, List.of("second"), List.of("first"));
      put(agent, "app/second", "2");
      await().atMost(SOON).until(() -> readyz(agent).statusCode() == 200);
      assertThat(file("second")).hasContent("2");
      assertThat(agent.cli().run("wait", "--timeout", "20s").exit()).isZero();
      assertThat(agent.cli().run("wait", "--for", "file:spare", "--timeout", "1s"))
          .satisfies(
              result -> {
                assertThat(result.exit()).as("a spare file is waited for by name").isEqualTo(5);
                assertThat(result.err()).contains("file:spare");
              });
    }
  }

  private static void put(RunningAgent agent, String name, String value) {
    try (Operator operator = new Operator(agent)) {
      operator.put(name, "value", value);
    }
  }

  private static void awaitContent(Path file, String text) {
    await(file + " to be written")
        .atMost(SOON)
        .until(() -> Files.exists(file) && Files.readString(file).strip().equals(text));
  }

  /** By HTTP, by the command that waits, and by the one that tells. */
  private static void assertNotReady(
      RunningAgent agent, List<String> missing, List<String> written) {
    HttpResponse<String> ready = readyz(agent);
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains("\"ready\":false");
    Cli.Result waited = agent.cli().run("wait", "--timeout", "5s");
    assertThat(waited.exit()).isEqualTo(5);
    Cli.Result status = agent.cli().run("status", "--ready");
    assertThat(status.exit()).isEqualTo(5);
    for (String name : missing) {
      String said = agent.home().resolve("files/" + name) + " is not written yet";
      assertThat(ready.body()).contains(said);
      assertThat(waited.err()).contains("file:" + name).contains(said);
      assertThat(status.out()).contains(said);
    }
    for (String name : written) {
      String said = agent.home().resolve("files/" + name) + " is not written yet";
      assertThat(List.of(ready.body(), waited.err(), status.out()))
          .allSatisfy(text -> assertThat(text).doesNotContain(said));
    }
  }

  private static HttpResponse<String> readyz(RunningAgent agent) {
    URI uri = URI.create("http://127.0.0.1:" + agent.managementPort() + "/readyz");
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
