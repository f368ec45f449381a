package dev.latchkey.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** {@code latchkey exec} as a process, with real children. Those of one test run side by side. */
class ExecProcessTest extends ExecStage {
  @AutoClose private final ExecutorService digesting = Executors.newVirtualThreadPerTaskExecutor();

  @Test
  void becomesTheCommandAndLeavesNoVirtualMachine() throws Exception {
    Process process =
        start("--secret", "orders-db", "--", "sh", "-c", "echo $$; cat; exit 42", "é *");
    try (OutputStream in = process.getOutputStream()) {
      in.write("typed".getBytes(UTF_8));
    }
    assertThat(out(process)).isEqualTo(process.pid() + "\ntyped");
    assertThat(process.waitFor()).isEqualTo(42);
  }

  @Test
  void theChildHasWhatWasAskedForAndNothingElseOfOurs() throws Exception {
    List<Process> processes =
        List.of(
            start("--secret", "orders-db", "--", "cat", "/proc/self/environ"),
            start("--secret", "orders-db", "--on-change", "restart", "cat", "/proc/self/environ"),
            start(
                "--secret",
                "orders-db",
                "--env-prefix",
                "DB_",
                "--env",
                "PGUSER=orders-db#username",
                "--pass",
                "TZ,CANARY*,LATCHKEY*,JAVA*",
                "--",
                "cat",
                "/proc/self/environ"));
    Set<String> usual = Set.of("ORDERS_DB_USERNAME=orders_a", "ORDERS_DB_PASSWORD=" + MARKER);
    assertThat(variables(processes.get(0))).isEqualTo(usual);
    assertThat(variables(processes.get(1))).isEqualTo(usual);
    assertThat(variables(processes.get(2)))
        .isEqualTo(
            Set.of(
                "DB_USERNAME=orders_a",
                "DB_PASSWORD=" + MARKER,
                "PGUSER=orders_a",
                "TZ=Etc/ünicode",
                "CANARY_BIRD=yellow"));
  }

  /** That of a child which is looked after is {@code ChildStartTest}'s. */
  @Test
  void theExitCodeIsTheCommands() throws Exception {
    Map<Integer, Process> commands = new LinkedHashMap<>();
    for (int code : List.of(0, 1, 2, 42, 126, 127, 128, 129, 130, 137, 143, 255)) {
      commands.put(code, start("--secret", "orders-db", "--", "sh", "-c", "exit " + code));
    }
    for (Map.Entry<Integer, Process> command : commands.entrySet()) {
      assertThat(ended(command.getValue())).isEqualTo(command.getKey() + " ");
    }
  }

  @Test
  void aHundredMegabytesOfOutputAreIntact() throws Exception {
    Path data = directory.resolve("data");
    Process make =
        new ProcessBuilder("dd", "if=/dev/urandom", "of=" + data, "bs=1M", "count=100")
            .redirectErrorStream(true)
            .start();
    make.getInputStream().readAllBytes();
    assertThat(make.waitFor()).isZero();
    String both = "cat \"$1\" & cat \"$1\" >&2; wait; exit 42";
    Process process =
        start(
            "--secret",
            "orders-db",
            "--on-change",
            "restart",
            "--",
            "sh",
            "-c",
            both,
            "sh",
            data.toString());
    Future<String> errors = digesting.submit(() -> digest(process.getErrorStream()));
    String whole = digest(Files.newInputStream(data));
    assertThat(digest(process.getInputStream())).isEqualTo(whole);
    assertThat(errors.get()).isEqualTo(whole);
    assertThat(process.waitFor()).isEqualTo(42);
  }

  @Test
  void signalsToTheProcessReachTheChildAndItsValueIsInNoArgument() throws Exception {
    Path log = directory.resolve("log");
    Process process =
        start(
            "--secret",
            "orders-db",
            "--on-change",
            "signal",
            "--",
            "sh",
            "-c",
            "for s in HUP INT USR1 USR2 WINCH TERM; do trap \"echo $s >> '%1$s'; last=$s\" $s; done;"
                    .formatted(log)
                + " echo ready >> '%1$s'; until [ \"$last\" = TERM ]; do :; done; exit 130"
                    .formatted(log));
    awaitLine(log, "ready");
    List<ProcessHandle> children = process.children().toList();
    assertThat(children).hasSize(1);
    for (long pid : List.of(process.pid(), children.getFirst().pid())) {
      assertThat(Files.readString(Path.of("/proc/" + pid + "/cmdline"))).doesNotContain(MARKER);
    }
    assertThat(Files.readString(Path.of("/proc/" + process.pid() + "/environ")))
        .doesNotContain(MARKER);
    for (String signal : List.of("HUP", "INT", "USR1", "USR2", "WINCH", "TERM")) {
      assertThat(new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start().waitFor())
          .isZero();
      awaitLine(log, signal);
    }
    assertThat(process.waitFor()).isEqualTo(130);
  }

  @Test
  void aChangeRestartsTheChildWithFreshValues() throws Exception {
    Path log = directory.resolve("log");
    Process process =
        start(
            "--secret",
            "orders-db",
            "--on-change",
            "restart",
            "--splay",
            "0s",
            "--",
            "sh",
            "-c",
            "echo $ORDERS_DB_PASSWORD >> '%s'; sleep 100 & wait".formatted(log));
    awaitLine(log, MARKER);
    version.set(2);
    secret("orders-db", Map.of("password", "second"));
    awaitLine(log, "second");
    process.destroy();
    assertThat(process.waitFor()).isEqualTo(143);
    assertThat(Files.readAllLines(log)).containsExactly(MARKER, "second");
  }

  @Test
  void theChildEndsWithAKilledSupervisor() throws Exception {
    Path log = directory.resolve("log");
    Process process =
        start(
            "--secret",
            "orders-db",
            "--on-change",
            "restart",
            "--",
            "sh",
            "-c",
            "echo $$ >> '%s'; exec sleep 100".formatted(log));
    await().atMost(SOON).until(() -> Files.exists(log) && !Files.readAllLines(log).isEmpty());
    long child = Long.parseLong(Files.readString(log).strip());
    process.destroyForcibly().waitFor();
    await()
        .atMost(SOON)
        .until(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void itsOwnFailuresHaveCodesOfTheirOwn() throws Exception {
    failure("denied", Status.Code.PERMISSION_DENIED);
    failure("never", Status.Code.NOT_FOUND);
    secret("spoiled", Map.of("key", "a\0b"));
    secret("clash", Map.of("a-b", "1", "a_b", "2"));
    Path text = Files.writeString(directory.resolve("text"), "no program");
    Process none = start("--secret", "orders-db", "--", "no-such-command");
    Process plain = start("--secret", "orders-db", "--", text.toString());
    Process denied = start("--secret", "denied", "--", "true");
    Process never = start("--secret", "never", "--timeout", "5s", "--", "true");
    Process wrong = start("--secret", "orders-db", "--on-change", "explode", "--", "true");
    Process spoiled = start("--secret", "spoiled", "--", "true");
    Process clash = start("--secret", "clash", "--", "true");
    assertThat(ended(none))
        .isEqualTo("127 latchkey exec: 'no-such-command': there is no such command");
    assertThat(ended(plain)).startsWith("126 ").contains("is not executable by this user");
    assertThat(ended(denied)).startsWith("125 latchkey exec: denied: PERMISSION_DENIED");
    assertThat(ended(never)).startsWith("124 latchkey exec: waiting for never (NOT_FOUND)");
    assertThat(ended(wrong)).startsWith("125 ").contains("explode");
    assertThat(ended(spoiled)).startsWith("125 ").contains("spoiled#key holds a zero byte");
    assertThat(ended(clash)).startsWith("125 ").contains("CLASH_A_B", "clash#a-b", "clash#a_b");
  }

  @Test
  void aLateSecretIsWaitedForAndTold() throws Exception {
    failure("late", Status.Code.UNAVAILABLE);
    Process process =
        start("--secret", "late", "--secret", "orders-db", "--", "printenv", "LATE_KEY");
    await().atMost(SOON).until(() -> agent.called().size() > 2);
    secret("late", Map.of("key", "there"));
    assertThat(out(process)).isEqualTo("there\n");
    assertThat(ended(process)).isEqualTo("0 latchkey exec: waiting for late (UNAVAILABLE)");
  }

  @Test
  void secretsThatChangeWhileTheyAreReadAreReadAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    agent.answers(
        "BatchGetSecrets",
        request -> {
          if (asked.getAndIncrement() == 0) {
            throw Status.ABORTED.withDescription("the secrets changed").asRuntimeException();
          }
          return batch(request);
        });
    Process process = start("--secret", "orders-db", "--", "printenv", "ORDERS_DB_USERNAME");
    assertThat(out(process)).isEqualTo("orders_a\n");
    assertThat(ended(process))
        .isEqualTo("0 latchkey exec: waiting for the agent (the secrets changed)");
  }

  private static Set<String> variables(Process process) throws Exception {
    Set<String> variables = new TreeSet<>(List.of(out(process).split("\0", -1)));
    variables.remove("");
    assertThat(process.waitFor()).isZero();
    return variables;
  }

  private static String digest(InputStream stream) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (stream) {
      byte[] buffer = new byte[1 << 16];
      for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return java.util.HexFormat.of().formatHex(digest.digest());
  }
}
