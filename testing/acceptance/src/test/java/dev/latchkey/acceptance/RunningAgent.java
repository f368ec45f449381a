package dev.latchkey.acceptance;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** An agent as a process of its own, in a directory of its own; can be killed and started again. */
final class RunningAgent implements AutoCloseable {

  /** When it was told to, or by SIGKILL or SIGTERM. */
  private static final Set<Integer> ENDS = Set.of(0, 137, 143);

  private final Path home;
  private Setup setup;
  private Process process;
  private boolean endSeen;
  private int printedBefore;

  /**
   * How the agent is set up.
   *
   * @param body the configuration without its {@code agent} section; {@code @HOME@} stands for the
   *     agent's directory
   * @param agentSection further lines of the {@code agent} section
   * @param jvm further options of the JVM
   * @param classPath a class path behind the agent's own; empty for none
   */
  record Setup(
      String body, String agentSection, List<String> jvm, String classPath, List<String> prefix) {

    static Setup of(String body) {
      return new Setup(body, "", List.of(), "", List.of());
    }

    Setup withJvm(String... options) {
      return new Setup(body, agentSection, List.of(options), classPath, prefix);
    }

    Setup withClassPath(String more) {
      return new Setup(body, agentSection, jvm, more, prefix);
    }

    Setup through(List<String> words) {
      return new Setup(body, agentSection, jvm, classPath, words);
    }
  }

  private RunningAgent(Path home, Setup setup) {
    this.home = home;
    this.setup = setup;
    this.process = launch();
  }

  /**
   * Starts an agent in {@code home}, which is made, and waits until it listens; none stays else.
   */
  static RunningAgent start(Path home, Setup setup) {
    try {
      Files.createDirectories(
          home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.writeString(
          home.resolve("latchkey.yml"),
          """
          agent:
            state_dir: %1$s/state
            state_key: { file: %1$s/state.key }
            socket: %1$s/run/agent.sock
            operator_socket: %1$s/run/operator/operator.sock
            management_port: 0
          %2$s
          %3$s
          """
              .formatted(
                  home, setup.agentSection(), setup.body().replace("@HOME@", home.toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    RunningAgent agent = new RunningAgent(home, setup);
    try {
      agent.awaitListening();
    } catch (RuntimeException | Error neverListened) {
      agent.process.destroyForcibly();
      throw neverListened;
    }
    return agent;
  }

  private Process launch() {
    try {
      printedBefore = Files.exists(log()) ? Files.readString(log()).length() : 0;
      List<String> command = new ArrayList<>(setup.prefix());
      command.addAll(
          Installation.agent(
              setup.jvm(),
              setup.classPath(),
              "agent",
              "--dev",
              "--config",
              home.resolve("latchkey.yml").toString()));
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
          .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitListening() {
    await("the agent to listen")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError("the agent ended at its start:\n" + ownLog());
              }
              return takesConnections(operatorSocket()) && takesConnections(socket());
            });
  }

  /** A socket is there before anybody listens on it, and stays behind a kill. */
  private static boolean takesConnections(Path socket) {
    try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  Path home() {
    return home;
  }

  Path socket() {
    return home.resolve("run/agent.sock");
  }

  Path operatorSocket() {
    return home.resolve("run/operator/operator.sock");
  }

  Path state() {
    return home.resolve("state");
  }

  /** What it printed since its last start. */
  private String ownLog() {
    try {
      return Files.readString(log()).substring(printedBefore);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything that it printed, over all its starts. */
  Path log() {
    return home.resolve("agent.log");
  }

  /** The loopback port of its management server, which it says once it serves. */
  int managementPort() {
    return await("the agent to say where it is reached")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(this::saidPort, OptionalInt::isPresent)
        .orElseThrow();
  }

  /** Of its last start, if it said so by now. */
  private OptionalInt saidPort() {
    return ownLog()
        .lines()
        .filter(line -> line.contains("http://127.0.0.1:"))
        .map(line -> line.replaceAll(".*http://127\\.0\\.0\\.1:(\\d+).*", "$1"))
        .mapToInt(Integer::parseInt)
        .reduce((first, last) -> last);
  }

  Cli cli() {
    return new Cli(socket(), operatorSocket());
  }

  Process process() {
    return process;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for its end, which is looked for at {@code when}. */
  int awaitEnd(String when) {
    await("the agent to end at " + when)
        .atMost(Duration.ofSeconds(60))
        .until(() -> !process.isAlive());
    endSeen = true;
    return process.exitValue();
  }

  /** Kills it as {@code kill -9} does, and waits until it is gone. */
  void kill() {
    process.destroyForcibly();
    awaitEnd("its kill");
  }

  /** Starts it again on the same state, and waits until it listens. */
  void restart() {
    process = launch();
    endSeen = false;
    awaitListening();
  }

  /** Starts it again with these options of the JVM instead. */
  void restartWith(String... options) {
    setup = setup.withJvm(options);
    restart();
  }

  /**
   * Ends it, where it has not ended yet.
   *
   * @throws AssertionError with its log, where it had ended by itself and not well, and no test
   *     looked at that end
   */
  @Override
  public void close() throws InterruptedException {
    if (!process.isAlive() && !endSeen && !ENDS.contains(process.exitValue())) {
      throw new AssertionError(
          "the agent ended by itself with " + process.exitValue() + ":\n" + ownLog());
    }
    process.destroy();
    if (!process.waitFor(30, SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the agent did not end within 30 s of SIGTERM");
    }
  }
}
