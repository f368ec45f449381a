package dev.latchkey.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.latchkey.v1.BatchGetSecretsRequest;
import dev.latchkey.v1.BatchGetSecretsResponse;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.CredentialChanged;
import dev.latchkey.v1.Failure;
import dev.latchkey.v1.SecretResult;
import dev.latchkey.v1.StateId;
import dev.latchkey.v1.WatchCredentialsResponse;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code latchkey exec} as a process, with real children. Those of one test run side by side. */
class ExecProcessTest {
  private static final String MARKER = "marker-1f6c0d";
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final Map<String, SecretResult> secrets = new ConcurrentHashMap<>();
  private final AtomicInteger version = new AtomicInteger(1);
  private final ConcurrentLinkedQueue<Process> begun = new ConcurrentLinkedQueue<>();
  private FakeAgent agent;

  @BeforeEach
  void serve() throws IOException {
    agent = new FakeAgent(directory.resolve("a.sock"));
    agent.answers("BatchGetSecrets", this::batch);
    agent.answers("WatchCredentials", request -> List.of(changed("orders-db")));
    secret("orders-db", Map.of("username", "orders_a", "password", MARKER));
  }

  @AfterEach
  void stop() throws InterruptedException {
    for (Process process : begun) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    agent.close();
  }

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

  @Test
  void aHundredMegabytesOfOutputAreIntact() throws Exception {
    Path data = directory.resolve("data");
    Process make =
        new ProcessBuilder("dd", "if=/dev/urandom", "of=" + data, "bs=1M", "count=100")
            .redirectErrorStream(true)
            .start();
    make.getInputStream().readAllBytes();
    assertThat(make.waitFor()).isZero();
    Process process =
        start("--secret", "orders-db", "--on-change", "restart", "cat", data.toString());
    assertThat(digest(process.getInputStream())).isEqualTo(digest(Files.newInputStream(data)));
    assertThat(process.waitFor()).isZero();
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

  @Test
  void asksTheAgentToEndAfterTheCommand() throws Exception {
    Process process = start("--secret", "orders-db", "--quit-agent", "--", "sh", "-c", "exit 3");
    assertThat(process.waitFor()).isEqualTo(3);
    assertThat(agent.called()).contains("Quit");
  }

  @Test
  void theKeysOfATerminalReachTheChildAlone() throws Exception {
    Path log = directory.resolve("log");
    String script =
        "trap 'echo int >> \"%1$s\"' INT; echo ready >> '%1$s';".formatted(log)
            + " until read line && [ -n \"$line\" ]; do :; done; echo \"$line\" >> '%s'; exit 9"
                .formatted(log);
    String exec =
        "'"
            + String.join(
                "' '",
                command(
                    List.of("--secret", "orders-db", "--on-change", "restart", "--", "sh", "-c")))
            + "' \"$SCRIPT\"";
    ProcessBuilder builder = new ProcessBuilder("script", "-qec", exec, "/dev/null");
    builder.environment().put("SCRIPT", script);
    Process process = start(builder);
    awaitLine(log, "ready");
    OutputStream keys = process.getOutputStream();
    keys.write(3);
    keys.flush();
    awaitLine(log, "int");
    keys.write("hello\n".getBytes(UTF_8));
    keys.flush();
    awaitLine(log, "hello");
    out(process);
    assertThat(process.waitFor()).isEqualTo(9);
    assertThat(Files.readAllLines(log)).containsExactly("ready", "int", "hello");
  }

  private BatchGetSecretsResponse answer(BatchGetSecretsRequest request) {
    BatchGetSecretsResponse.Builder answer = BatchGetSecretsResponse.newBuilder();
    request.getNamesList().forEach(name -> answer.addResults(requireNonNull(secrets.get(name))));
    return answer.build();
  }

  private List<Message> batch(Message request) {
    return List.of(answer((BatchGetSecretsRequest) request));
  }

  private void secret(String name, Map<String, String> fields) {
    Credential.Builder credential = Credential.newBuilder().setName(name).setState(state());
    fields.forEach((field, value) -> credential.putFields(field, ByteString.copyFromUtf8(value)));
    secrets.put(name, SecretResult.newBuilder().setName(name).setCredential(credential).build());
  }

  private void failure(String name, Status.Code code) {
    Failure.Builder failure = Failure.newBuilder().setCode(code.value()).setMessage(code.name());
    secrets.put(name, SecretResult.newBuilder().setName(name).setFailure(failure).build());
  }

  private StateId state() {
    return StateId.newBuilder().setEpoch("e").setVersion(version.get()).build();
  }

  private WatchCredentialsResponse changed(String name) {
    return WatchCredentialsResponse.newBuilder()
        .setChanged(
            CredentialChanged.newBuilder()
                .setCredential(Credential.newBuilder().setName(name).setState(state())))
        .build();
  }

  /** What is ignored when a program begins stays so; whoever runs this may ignore something. */
  private static List<String> command(List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "--default-signal",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "exec"));
    command.addAll(arguments);
    return command;
  }

  private Process start(String... arguments) throws IOException {
    return start(new ProcessBuilder(command(List.of(arguments))));
  }

  private Process start(ProcessBuilder builder) throws IOException {
    builder.environment().put("LATCHKEY_SOCKET", agent.socket().toString());
    builder.environment().put("LATCHKEY_OPERATOR_SOCKET", agent.socket().toString());
    builder.environment().put("CANARY_BIRD", "yellow");
    builder.environment().put("TZ", "Etc/ünicode");
    Process process = builder.start();
    begun.add(process);
    return process;
  }

  private static String out(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  /** The exit code, and the first line of what was said. */
  private static String ended(Process process) throws Exception {
    String said = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said).doesNotContain(MARKER);
    return process.exitValue() + " " + said.lines().findFirst().orElse("");
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

  private static void awaitLine(Path log, String line) {
    await("the child's line " + line)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> Files.exists(log) && Files.readAllLines(log).contains(line));
  }
}
