package dev.latchkey.cli.child;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.latchkey.cli.child.Supervision.OnChange;
import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a supervisor does with real children. */
class SupervisorTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  /** Far longer than any test takes. */
  private static final String SLEEP = "sleep 100 & wait; wait; wait";

  @TempDir Path directory;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final AtomicInteger renewals = new AtomicInteger();
  private Supplier<Delivery> renewal = () -> version(2);
  private Duration grace = Duration.ofSeconds(60);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 42, 126, 127, 128, 129, 130, 137, 143, 255})
  void theExitCodeIsTheChilds(int code) {
    assertThat(supervisor(OnChange.RESTART, "exit " + code).run(version(1))).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1 HUP", "2 INT", "3 QUIT", "9 KILL", "15 TERM", "10 USR1"})
  void aChildThatASignalEndsGives128AndItsNumber(String signal) {
    String[] parts = signal.split(" ", -1);
    assertThat(supervisor(OnChange.SIGNAL, "kill -" + parts[1] + " $$").run(version(1)))
        .isEqualTo(128 + Integer.parseInt(parts[0]));
  }

  @Test
  void theChildHasExactlyTheEnvironmentThatIsDelivered() {
    ChildCommand copy =
        ChildCommand.find(bytes("cp", "/proc/self/environ", directory + "/log"), null);
    assertThat(supervisor(OnChange.RESTART, copy).run(version(7))).isZero();
    assertThat(log()).isEqualTo("V=7\0");
  }

  @Test
  void theChildHasNoDescriptorOfThisProcessAndNoSignalBlocked() {
    supervisor(OnChange.RESTART, "ls /proc/self/fd > log; grep SigBlk /proc/self/status >> log")
        .run(version(1));
    // The fourth is that of the listing itself.
    assertThat(log().lines()).containsExactly("0", "1", "2", "3", "SigBlk:\t0000000000000000");
  }

  @Test
  void everySignalIsPassedOn() throws Exception {
    String traps =
        "for s in HUP INT USR1 USR2 WINCH TERM; do trap \"echo $s >> log; last=$s\" $s; done;"
            + " echo ready >> log; until [ \"$last\" = TERM ]; do :; done; exit 5";
    Supervisor supervisor = supervisor(OnChange.RESTART, traps);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("ready");
    for (String name : List.of("HUP", "INT", "USR1", "USR2", "WINCH", "TERM")) {
      supervisor.signalled(Signals.number(name));
      awaitLog(name);
    }
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(5);
  }

  @Test
  void aChangeBeginsTheCommandAgainWithTheNewValues() throws Exception {
    Supervisor supervisor =
        supervisor(
            OnChange.RESTART,
            "trap 'echo end $V >> log; exit 3' TERM; echo begin $V >> log; " + SLEEP);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    supervisor.changed("a", "1");
    supervisor.changed("a", "2");
    awaitLog("begin 2");
    assertThat(log()).isEqualTo("begin 1\nend 1\nbegin 2\n");
    assertThat(said.toString(UTF_8)).contains("a secret changed");
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(3);
    assertThat(renewals).hasValue(1);
  }

  @Test
  void aVersionThatTheChildHasChangesNothing() throws Exception {
    Supervisor supervisor = supervisor(OnChange.RESTART, "echo begin >> log; " + SLEEP);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin");
    supervisor.changed("a", "1");
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(143);
    assertThat(renewals).hasValue(0);
  }

  @Test
  void aChildThatIgnoresTermIsKilledAfterTheGraceWithAllThatItBegan() throws Exception {
    grace = Duration.ofMillis(300);
    Supervisor supervisor =
        supervisor(
            OnChange.RESTART,
            "trap '' TERM; sleep 100 & echo $! > grandchild; echo begin $V >> log;"
                + " while :; do sleep 100; done");
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    long grandchild = Long.parseLong(Files.readString(directory.resolve("grandchild")).strip());
    supervisor.changed("a", "2");
    awaitLog("begin 2");
    assertThat(said.toString(UTF_8)).contains("did not end within 0.3 s; killed");
    await().atMost(SOON).until(() -> isGone(grandchild));
    supervisor.signalled(Signals.KILL);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(137);
    ProcessHandle.of(Long.parseLong(Files.readString(directory.resolve("grandchild")).strip()))
        .ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void whoAsksForTheEndWhileItRestartsGetsIt() throws Exception {
    Supervisor supervisor =
        supervisor(
            OnChange.RESTART,
            "trap 'echo end >> log; [ -e two ] && exit 9; : > two' TERM; echo begin >> log;"
                + " while :; do :; done");
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin");
    supervisor.changed("a", "2");
    awaitLog("end");
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(9);
    assertThat(log()).isEqualTo("begin\nend\nend\n");
  }

  @Test
  void aChangeWhileItRestartsIsNotLost() throws Exception {
    AtomicInteger current = new AtomicInteger(2);
    renewal = () -> version(current.get());
    Supervisor supervisor =
        supervisor(
            OnChange.RESTART,
            "trap 'echo end $V >> log; until [ -e go ]; do sleep 0.01; done; exit' TERM;"
                + " echo begin $V >> log; "
                + SLEEP);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    supervisor.changed("a", "2");
    awaitLog("end 1");
    current.set(3);
    supervisor.changed("a", "3");
    Files.createFile(directory.resolve("go"));
    awaitLog("begin 3");
    assertThat(log().lines().toList().getLast()).isEqualTo("begin 3");
    supervisor.signalled(Signals.KILL);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(137);
  }

  @Test
  void valuesThatCannotBeDeliveredLeaveTheChildAsItIs() throws Exception {
    renewal =
        () -> {
          throw new CommandFailure(ExitCode.USAGE, "two sources of V", "");
        };
    Supervisor supervisor = supervisor(OnChange.RESTART, "echo begin $V >> log; " + SLEEP);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    supervisor.changed("a", "2");
    await().atMost(SOON).until(() -> said.toString(UTF_8).contains("two sources of V"));
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(143);
    assertThat(log()).isEqualTo("begin 1\n");
  }

  @Test
  void aChangeSendsTheSignalOnceAndLeavesTheChild() throws Exception {
    Supervisor supervisor =
        supervisor(
            OnChange.SIGNAL,
            "trap 'echo told >> log' HUP; trap 'exit 4' USR1; echo begin >> log;"
                + " while :; do :; done");
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin");
    supervisor.changed("a", "2");
    awaitLog("told");
    supervisor.changed("a", "2");
    supervisor.signalled(Signals.number("USR1"));
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(4);
    assertThat(log()).isEqualTo("begin\ntold\n");
    assertThat(renewals).hasValue(0);
  }

  @Test
  void aStoppedChildCanBeContinuedAndEnds() throws Exception {
    Supervisor supervisor =
        supervisor(OnChange.RESTART, "echo begin >> log; kill -STOP $$; echo on >> log; exit 6");
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin");
    await()
        .atMost(SOON)
        .until(
            () -> {
              supervisor.signalled(Signals.CONT);
              return code.isDone();
            });
    assertThat(code.get()).isEqualTo(6);
  }

  @Test
  void whatIsNoProgramIsToldAsAShellWould() throws IOException {
    Path script = Files.writeString(directory.resolve("script"), "#!/no/interpreter\n");
    Files.setPosixFilePermissions(
        script, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    assertThatThrownBy(() -> ChildCommand.find(bytes("no-such-thing"), null))
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NO_COMMAND));
    for (String word : List.of("/etc/passwd", "/etc", "/etc/passwd/x")) {
      assertThatThrownBy(() -> ChildCommand.find(bytes(word), null))
          .as(word)
          .isInstanceOf(CommandFailure.class);
    }
    ChildCommand broken = ChildCommand.find(bytes(script.toString()), null);
    assertThatThrownBy(() -> broken.start(List.of(), false, Foreground.ofProcess()))
        .isInstanceOfSatisfying(
            CommandFailure.class,
            e -> {
              assertThat(e.exitCode()).isEqualTo(ExitCode.NOT_EXECUTABLE);
              assertThat(e.what()).contains("interpreter");
            });
  }

  /** A shell cannot take a signal that it finds ignored, as whoever runs this may leave it. */
  private Supervisor supervisor(OnChange onChange, String script) {
    ChildCommand command =
        ChildCommand.find(
            bytes(
                "env",
                "--default-signal",
                "sh",
                "-c",
                "exec 2>/dev/null; cd " + directory + "; " + script),
            null);
    return supervisor(onChange, command);
  }

  private Supervisor supervisor(OnChange onChange, ChildCommand command) {
    Supervision how = new Supervision(onChange, Signals.HUP, Duration.ZERO, grace);
    return new Supervisor(
        command,
        how,
        () -> {
          renewals.incrementAndGet();
          return renewal.get();
        },
        RandomGenerator.getDefault(),
        new PrintStream(said, true, UTF_8));
  }

  private CompletableFuture<Integer> running(Supervisor supervisor) {
    return CompletableFuture.supplyAsync(() -> supervisor.run(version(1)), threads);
  }

  private static Delivery version(int version) {
    return new Delivery(Map.of("a", "" + version), bytes("V=" + version));
  }

  private static List<byte[]> bytes(String... texts) {
    return Stream.of(texts).map(text -> text.getBytes(UTF_8)).toList();
  }

  private static boolean isGone(long pid) throws IOException {
    Path stat = Path.of("/proc/" + pid + "/stat");
    return !Files.exists(stat) || Files.readString(stat).contains(") Z ");
  }

  private String log() {
    try {
      Path log = directory.resolve("log");
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void awaitLog(String line) {
    await("the child's line " + line)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> log().lines().anyMatch(line::equals));
  }
}
