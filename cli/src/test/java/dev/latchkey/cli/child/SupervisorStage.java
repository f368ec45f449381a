package dev.latchkey.cli.child;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.latchkey.cli.child.Supervision.OnChange;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Supervisors of the tests with real children, and what these children wrote. */
abstract class SupervisorStage {
  static final Duration SOON = Duration.ofSeconds(20);

  /** Without end, and without a process of its own that a signal finds half begun. */
  static final String GOES_ON = "while :; do :; done";

  /** Writes these two signals to the log, for {@link #letItSettle}. */
  static final String TELLS_OF_TWO = "for s in USR1 USR2; do trap \"echo $s >> log\" $s; done; ";

  @TempDir Path directory;
  final ExecutorService threads = Executors.newCachedThreadPool();
  final ByteArrayOutputStream said = new ByteArrayOutputStream();
  final AtomicInteger renewals = new AtomicInteger();
  Supplier<Delivery> renewal = () -> version(2);
  Duration grace = Duration.ofSeconds(60);
  boolean bound = ChildCommand.canBind();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** A shell cannot take a signal that it finds ignored, as whoever runs this may leave it. */
  Supervisor supervisor(OnChange onChange, String script) {
    ChildCommand command =
        ChildCommand.find(
            bytes(
                "env",
                "--default-signal",
                "sh",
                "-c",
                "exec > /dev/null 2>&1; cd " + directory + "; " + script),
            null);
    return supervisor(onChange, command);
  }

  Supervisor supervisor(OnChange onChange, ChildCommand command) {
    Supervision how = new Supervision(onChange, Signals.HUP, Duration.ZERO, grace);
    return new Supervisor(
        command,
        how,
        () -> {
          renewals.incrementAndGet();
          return renewal.get();
        },
        RandomGenerator.getDefault(),
        new PrintStream(said, true, UTF_8),
        bound);
  }

  String file(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("text"), text.formatted(directory));
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    return file.toString();
  }

  /** A child that was killed leaves what it began. */
  void endWhatIsLeft() throws IOException {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      all.filter(process -> isIn(process.pid(), directory)).forEach(ProcessHandle::destroyForcibly);
    }
  }

  static boolean isIn(long pid, Path directory) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")).equals(directory);
    } catch (IOException gone) {
      return false;
    }
  }

  CompletableFuture<Integer> running(Supervisor supervisor) {
    return CompletableFuture.supplyAsync(() -> supervisor.run(version(1)), threads);
  }

  static Delivery version(int version) {
    return new Delivery(Map.of("a", "" + version), bytes("V=" + version));
  }

  static List<byte[]> bytes(String... texts) {
    return Stream.of(texts).map(text -> text.getBytes(UTF_8)).toList();
  }

  static boolean isGone(long pid) throws IOException {
    Path stat = Path.of("/proc/" + pid + "/stat");
    return !Files.exists(stat) || Files.readString(stat).contains(") Z ");
  }

  /**
   * Once the second of two signals has come to a child that {@linkplain #TELLS_OF_TWO tells of
   * them}, whatever the supervisor found to be done before is done.
   */
  void letItSettle(Supervisor supervisor) {
    for (String signal : List.of("USR1", "USR2")) {
      supervisor.signalled(Signals.number(signal));
      awaitLog(signal);
    }
  }

  String log() {
    try {
      Path log = directory.resolve("log");
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  void awaitLog(String line) {
    await("the child's line " + line)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> log().lines().anyMatch(line::equals));
  }
}
