package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.v1.GetStatusRequest;
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

  @TempDir Path directory;
  private Job job;

  @BeforeEach
  void beginTheJob() throws IOException {
    job = Job.begin(directory);
  }

  @AfterEach
  void endTheJob() throws InterruptedException {
    job.close();
  }

  @ParameterizedTest
  @EnumSource
  void theSidecarEndsWithTheJobAndLeavesTheFilesAsOnExitSays(SidecarEnd end) throws Exception {
    RunningAgent.Setup setup = end.setup(files(), "", job);
    try (RunningAgent agent = RunningAgent.start(directory.resolve("agent"), setup)) {
      CompletableFuture<Instant> ended = agent.process().onExit().thenApply(gone -> Instant.now());
      put(agent, "orders-db", "s3cret");
      for (String name : List.of("kept", "blanked", "removed")) {
        awaitContent(file(name), "s3cret");
      }
      awaitContent(file("set/b"), "VALUE='s3cret'");

      if (end.isTold()) {
        assertOutlivesTheJob(agent);
      }

      Instant over = end.come(agent, job);
      Duration took = Duration.between(over, ended.get(30, TimeUnit.SECONDS));
      System.out.println("The sidecar ended " + took.toMillis() + " ms after " + end);
      assertThat(took).isLessThan(SidecarEnd.LIMIT);
      assertThat(agent.process().exitValue()).isEqualTo(end.code());
    }
    assertThat(file("kept")).hasContent("s3cret");
    assertThat(file("blanked")).isEmptyFile();
    try (Stream<Path> left = Files.list(file(""))) {
      assertThat(left).containsExactlyInAnyOrder(file("kept"), file("blanked"));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"QUIT", "SIGTERM"})
  void whatCannotBeLeftAsOnExitSaysIsToldAndTheCodeIsAnother(SidecarEnd end) throws Exception {
    RunningAgent.Setup setup = RunningAgent.Setup.of(files());
    try (RunningAgent agent = RunningAgent.start(directory.resolve("agent"), setup)) {
      put(agent, "orders-db", "s3cret");
      awaitContent(file("removed"), "s3cret");
      awaitContent(file("set/b"), "VALUE='s3cret'");
      Path elsewhere = directory.resolve("elsewhere");
      Files.move(file(""), elsewhere);
      Files.createSymbolicLink(file(""), elsewhere);

      Instant _ = end.come(agent, job);
      assertThat(agent.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(agent.awaitEnd(end.name())).isEqualTo(8);
      assertThat(agent.log())
          .content()
          .contains(file("removed") + " is not left as on_exit says")
          .doesNotContain(file("kept") + " is not left");
      assertThat(elsewhere.resolve("removed")).as("through no symlink").hasContent("s3cret");
    }
  }

  private Path file(String name) {
    return directory.resolve("agent/files").resolve(name);
  }

  /**
   * The control: an agent that nobody told goes on without the job. One that ended with it would be
   * about to within a second. A change that comes after the job's end is written a second later by
   * the agent's own timers, and never by an agent that ends.
   */
  private void assertOutlivesTheJob(RunningAgent agent) throws Exception {
    put(agent, "slow", "before");
    awaitContent(file("slow"), "before");
    job.end();
    put(agent, "slow", "after");
    awaitContent(file("slow"), "after");
    assertThat(agent.log()).content().doesNotContain("latchkey agent ends");
    try (Operator operator = new Operator(agent)) {
      assertThat(operator.calls().getStatus(GetStatusRequest.getDefaultInstance()).getReady())
          .isTrue();
    }
    assertThat(agent.isAlive()).isTrue();
  }

  private static String files() {
    return """
    secrets: { orders-db: { backend: local }, slow: { backend: local } }
    files:
      kept: { path: @HOME@/files/kept, secret: orders-db }
      blanked: { path: @HOME@/files/blanked, secret: orders-db, on_exit: blank }
      removed: { path: @HOME@/files/removed, secret: orders-db, on_exit: remove }
      set:
        path: @HOME@/files/set
        secret: orders-db
        on_exit: remove
        set: { a: { format: json }, b: { format: dotenv } }
      slow:
        path: @HOME@/files/slow
        secret: slow
        quiet: 1s
        required: false
        on_exit: remove
    """
        + WholeLifeTest.ownPolicy();
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
      assertThat(agent.cli().run("wait", "--timeout", "60s").exit()).isZero();
      assertThat(agent.cli().run("wait", "--for", "file:spare", "--timeout", "5s"))
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
