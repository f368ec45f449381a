package dev.latchkey.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.latchkey.v1.BatchGetSecretsRequest;
import dev.latchkey.v1.BatchGetSecretsResponse;
import dev.latchkey.v1.CaughtUp;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.CredentialChanged;
import dev.latchkey.v1.Failure;
import dev.latchkey.v1.SecretResult;
import dev.latchkey.v1.StateId;
import dev.latchkey.v1.WatchCredentialsResponse;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An agent of the tests with one secret, and processes of {@code latchkey exec} beside it. */
abstract class ExecStage {
  static final String MARKER = "marker-1f6c0d";
  static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path directory;
  final Map<String, SecretResult> secrets = new ConcurrentHashMap<>();
  final AtomicInteger version = new AtomicInteger(1);
  final ConcurrentLinkedQueue<Process> begun = new ConcurrentLinkedQueue<>();
  FakeAgent agent;

  @BeforeEach
  final void serve() throws IOException {
    agent = new FakeAgent(directory.resolve("a.sock"));
    agent.answers("BatchGetSecrets", this::batch);
    agent.answers("WatchCredentials", request -> List.of(changed("orders-db"), caughtUp()));
    secret("orders-db", Map.of("username", "orders_a", "password", MARKER));
  }

  @AfterEach
  final void stop() throws InterruptedException {
    for (Process process : begun) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    agent.close();
  }

  BatchGetSecretsResponse answer(BatchGetSecretsRequest request) {
    BatchGetSecretsResponse.Builder answer = BatchGetSecretsResponse.newBuilder();
    request.getNamesList().forEach(name -> answer.addResults(requireNonNull(secrets.get(name))));
    return answer.build();
  }

  List<Message> batch(Message request) {
    return List.of(answer((BatchGetSecretsRequest) request));
  }

  void secret(String name, Map<String, String> fields) {
    Credential.Builder credential = Credential.newBuilder().setName(name).setState(state());
    fields.forEach((field, value) -> credential.putFields(field, ByteString.copyFromUtf8(value)));
    secrets.put(name, SecretResult.newBuilder().setName(name).setCredential(credential).build());
  }

  void failure(String name, Status.Code code) {
    Failure.Builder failure = Failure.newBuilder().setCode(code.value()).setMessage(code.name());
    secrets.put(name, SecretResult.newBuilder().setName(name).setFailure(failure).build());
  }

  StateId state() {
    return StateId.newBuilder().setEpoch("e").setVersion(version.get()).build();
  }

  WatchCredentialsResponse changed(String name) {
    return WatchCredentialsResponse.newBuilder()
        .setChanged(
            CredentialChanged.newBuilder()
                .setCredential(Credential.newBuilder().setName(name).setState(state())))
        .build();
  }

  /** What is ignored when a program begins stays so; whoever runs this may ignore something. */
  static List<String> command(List<String> arguments) {
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

  Process start(String... arguments) throws IOException {
    return start(new ProcessBuilder(command(List.of(arguments))));
  }

  Process start(ProcessBuilder builder) throws IOException {
    builder.environment().put("LATCHKEY_SOCKET", agent.socket().toString());
    builder.environment().put("LATCHKEY_OPERATOR_SOCKET", agent.socket().toString());
    builder.environment().put("CANARY_BIRD", "yellow");
    builder.environment().put("TZ", "Etc/ünicode");
    Process process = builder.start();
    begun.add(process);
    return process;
  }

  static String out(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  /** The exit code, and the first line of what was said. */
  static String ended(Process process) throws Exception {
    String said = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said).doesNotContain(MARKER);
    return process.exitValue() + " " + said.lines().findFirst().orElse("");
  }

  static void awaitLine(Path log, String line) {
    await("the child's line " + line)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> Files.exists(log) && Files.readAllLines(log).contains(line));
  }

  static WatchCredentialsResponse caughtUp() {
    return WatchCredentialsResponse.newBuilder().setCaughtUp(CaughtUp.getDefaultInstance()).build();
  }

  static void signal(String name, long process) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + process).start().waitFor()).isZero();
  }

  static String text(Path log) {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Words as a shell reads them. */
  static String quoted(List<String> words) {
    return "'"
        + String.join("' '", words.stream().map(w -> w.replace("'", "'\\''")).toList())
        + "'";
  }
}
