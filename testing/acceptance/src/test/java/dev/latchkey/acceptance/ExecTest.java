package dev.latchkey.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that know nothing of Latchkey are begun with its secrets, by real processes. */
class ExecTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final List<Process> begun = new ArrayList<>();

  @AfterEach
  void endThem() throws InterruptedException {
    for (Process process : begun) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aSecretThatIsLateIsWaitedForAndItsChangeBeginsTheProgramAgain() throws Exception {
    String marker = Marker.fresh().toString();
    Path log = directory.resolve("log");
    try (RunningAgent agent = agent()) {
      Process late =
          latchkey(agent, "exec", "--secret", "app/mail", "--", "cat", "/proc/self/environ");
      Process waiting =
          latchkey(agent, "wait", "--for", "app/mail", "--socket", "" + agent.socket());
      Process supervised =
          latchkey(
              agent,
              "exec",
              "--secret",
              "app/mail",
              "--on-change",
              "restart",
              "--splay",
              "0s",
              "--env-prefix",
              "",
              "sh",
              "-c",
              "echo \"$PASSWORD\" >> '%s'; sleep 1000 & wait".formatted(log));
      Process never =
          latchkey(agent, "exec", "--secret", "app/never", "--timeout", "8s", "--", "true");
      assertThat(never.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(never.exitValue()).isEqualTo(124);
      assertThat(text(never.getErrorStream())).contains("still waiting for app/never");
      assertThat(late.isAlive()).isTrue();

      agent.cli().feed(marker, "put", "app/mail", "password=-").ok();
      assertThat(text(late.getInputStream())).isEqualTo("APP_MAIL_PASSWORD=" + marker + "\0");
      assertThat(late.waitFor()).isZero();
      assertThat(waiting.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(waiting.exitValue()).isZero();
      awaitLines(log, List.of(marker));
      assertThat(Files.readString(Path.of("/proc/" + supervised.pid() + "/cmdline")))
          .doesNotContain(marker);

      agent.cli().feed("second", "put", "app/mail", "password=-").ok();
      awaitLines(log, List.of(marker, "second"));
      agent.kill();
      agent.restart();
      agent.cli().feed("third", "put", "app/mail", "password=-").ok();
      awaitLines(log, List.of(marker, "second", "third"));
      supervised.destroy();
      assertThat(supervised.waitFor()).isEqualTo(143);
      assertThat(Files.readString(agent.log())).doesNotContain(marker);
    }
  }

  @Test
  void theAgentEndsWithTheJobAndRevokesWhatItHeld() throws Exception {
    VaultStage.Terms terms = VaultStage.Terms.of("60s", "600s", "6s").revokedOnExit();
    try (VaultStage stage = VaultStage.set(directory, terms)) {
      stage.agent().cli().run("wait", "--for", "orders-db").ok();
      assertThat(stage.database().roles(IssuingVault.ISSUED)).hasSize(1);
      Path ended = directory.resolve("ended");
      Process job =
          latchkey(
              stage.agent(),
              "exec",
              "--secret",
              "orders-db",
              "--quit-agent",
              "--",
              "sh",
              "-c",
              "test -n \"$ORDERS_DB_PASSWORD\" && : > '%s'; exit 5".formatted(ended));
      assertEndsSoon(stage.agent(), ended);
      assertThat(job.waitFor()).isEqualTo(5);
      assertThat(stage.database().roles(IssuingVault.ISSUED)).isEmpty();
    }
  }

  @Test
  void theAgentEndsWithTheProcessOfAPidFile() throws Exception {
    Path pidFile = directory.resolve("app.pid");
    Path ended = directory.resolve("ended");
    RunningAgent.Setup setup =
        new RunningAgent.Setup(
            "mounts: [ { prefix: \"app/\", backend: local } ]\n" + WholeLifeTest.ownPolicy(),
            "  quit_after: { pid_file: " + pidFile + " }",
            List.of(),
            "",
            List.of());
    try (RunningAgent agent = RunningAgent.start(directory.resolve("agent"), setup)) {
      Process application =
          new ProcessBuilder(
                  "sh", "-c", "echo $$ > '%s'; read go; : > '%s'".formatted(pidFile, ended))
              .start();
      begun.add(application);
      assertThat(agent.cli().run("wait").ok().exit()).isZero();
      application.getOutputStream().close();
      assertEndsSoon(agent, ended);
    }
  }

  /** The examples of the page run as they stand there, and print what it says. */
  @Test
  void everyExampleOfThePageRuns() throws Exception {
    Path bin = Installation.commandIn(Files.createDirectory(directory.resolve("bin")));
    List<Page.Example> examples = new ArrayList<>();
    examples.addAll(Page.section("docs/delivery.md", "Child process").examples());
    examples.addAll(Page.section("docs/delivery.md", "Jobs and quitting").examples());
    assertThat(examples).hasSizeGreaterThanOrEqualTo(6);
    assertThat(examples.getLast().command()).contains("--quit-agent");
    try (RunningAgent agent = agentOfThePage()) {
      for (Page.Example example : examples) {
        Process process = shell(agent, bin, example.command());
        String out = text(process.getInputStream());
        assertThat(process.waitFor())
            .as(example.command() + text(process.getErrorStream()))
            .isZero();
        example.output().ifPresent(said -> assertThat(out).isEqualTo(said));
      }
      assertThat(agent.awaitEnd("the last example")).isZero();
    }
  }

  @Test
  void theConfigurationOfThePageIsRightAndNamesNoPlaceThatOthersCouldMakeFirst() throws Exception {
    String config = configurationOfThePage();
    assertThat(config).contains(directory.toString()).doesNotContain("/home/me", "/tmp/latchkey");
    Path file = Files.writeString(directory.resolve("exec.yml"), config);
    Ran validated =
        Ran.of(Installation.agent(List.of(), "", "validate", "--dev", file.toString())).ok();
    assertThat(validated.out()).contains("The configuration is right: 1 secret, ", "1 policy");
    assertThat(Page.section("docs/delivery.md", "Child process").block("console", "export"))
        .contains("export LATCHKEY_SOCKET=$HOME/.latchkey/agent.sock\n");
    assertThat(config).contains("  socket: " + directory + "/.latchkey/agent.sock\n");
  }

  /** With what the page's configuration declares. */
  private RunningAgent agentOfThePage() {
    String config = configurationOfThePage();
    String declared = config.substring(config.indexOf("secrets:"));
    return RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(declared));
  }

  /** The whole of the page's configuration, for whoever runs the test and at home here. */
  private String configurationOfThePage() {
    return Page.section("docs/delivery.md", "Child process")
        .block("yaml", "policies:")
        .replace("1000", String.valueOf(Database.ownUid()))
        .replace("/home/me", directory.toString());
  }

  private RunningAgent agent() {
    String body =
        """
        mounts: [ { prefix: "app/", backend: local } ]
        """
            + WholeLifeTest.ownPolicy();
    return RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(body));
  }

  /** Within two seconds of the moment at which the application left this file behind. */
  private static void assertEndsSoon(RunningAgent agent, Path ended) throws IOException {
    assertThat(agent.awaitEnd("its application's")).isZero();
    Instant now = Instant.now();
    Instant at = Files.getLastModifiedTime(ended).toInstant();
    assertThat(Duration.between(at, now)).isLessThan(Duration.ofSeconds(2));
  }

  private Process latchkey(RunningAgent agent, String... arguments) throws IOException {
    return begin(agent, new ProcessBuilder(Installation.cli(List.of(), arguments)));
  }

  private Process shell(RunningAgent agent, Path bin, String command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-euc", command);
    builder.environment().merge("PATH", bin.toString(), (path, first) -> first + ":" + path);
    return begin(agent, builder);
  }

  private Process begin(RunningAgent agent, ProcessBuilder builder) throws IOException {
    builder.environment().put("LATCHKEY_SOCKET", agent.socket().toString());
    builder.environment().put("LATCHKEY_OPERATOR_SOCKET", agent.operatorSocket().toString());
    Process process = builder.start();
    begun.add(process);
    return process;
  }

  private static String text(java.io.InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), UTF_8);
  }

  private static void awaitLines(Path log, List<String> lines) {
    await("the program's lines")
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> Files.exists(log) && Files.readAllLines(log).equals(lines));
  }
}
