package dev.latchkey.bench.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A measured agent with its state in a directory of its own. Owned by whoever started it; closing
 * it ends the process and waits for that.
 */
public final class AgentUnderTest implements AutoCloseable {

  private static final long END_SECONDS = 20;
  private static final String LOCAL =
      """
      backends: { local: { type: local } }
      mounts: [ { prefix: "", backend: local } ]
      """;

  private final Process process;
  private final Path directory;

  private AgentUnderTest(Process process, Path directory) {
    this.process = process;
    this.directory = directory;
  }

  /**
   * Starts an agent with a constant's server beside it; it does not listen yet when this returns.
   *
   * @param java the command up to and including the class path
   * @param directory an existing directory, private to this agent
   */
  public static AgentUnderTest startMeasured(List<String> java, Path directory) throws IOException {
    List<String> command = new ArrayList<>(java);
    command.add(MeasuredAgent.class.getName());
    command.add(directory.resolve("constant.sock").toString());
    return start(command, directory);
  }

  /**
   * Starts an agent and nothing else.
   *
   * @param java the command up to and including the main class
   */
  public static AgentUnderTest startShipped(List<String> java, Path directory) throws IOException {
    return start(new ArrayList<>(java), directory);
  }

  /**
   * The same with other backends and mounts than the local ones.
   *
   * @param declarations them, as a configuration says them
   */
  public static AgentUnderTest startShipped(List<String> java, Path directory, String declarations)
      throws IOException {
    return start(new ArrayList<>(java), directory, declarations);
  }

  private static AgentUnderTest start(List<String> command, Path directory) throws IOException {
    return start(command, directory, LOCAL);
  }

  private static AgentUnderTest start(List<String> command, Path directory, String declarations)
      throws IOException {
    Path configuration = directory.resolve("latchkey.yml");
    Files.writeString(configuration, place(directory) + declarations + policy());
    command.addAll(List.of("agent", "--dev", "--config", configuration.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("agent.log").toFile())
            .start();
    return new AgentUnderTest(process, directory);
  }

  private static String place(Path directory) {
    return """
    agent:
      state_dir: %1$s/state
      state_key: { file: %1$s/state.key }
      socket: %1$s/run/agent.sock
      operator_socket: %1$s/run/operator/operator.sock
      management_port: 0
    """
        .formatted(directory);
  }

  private static String policy() throws IOException {
    return """
    policies:
      - callers: [ { uid: %s } ]
        secrets: [ "**" ]
        keyrings: [ "**" ]
        operations: [ read, watch, list, encrypt, decrypt ]
    """
        .formatted(ownUid());
  }

  private static String ownUid() throws IOException {
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    return Integer.toUnsignedString(uid);
  }

  public Path socket() {
    return directory.resolve("run/agent.sock");
  }

  public Path operatorSocket() {
    return directory.resolve("run/operator/operator.sock");
  }

  public Path constantSocket() {
    return directory.resolve("constant.sock");
  }

  public long pid() {
    return process.pid();
  }

  /** An exception with the log when the process has ended. */
  public void requireAlive() throws IOException {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "the agent ended:\n" + Files.readString(directory.resolve("agent.log")));
    }
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
