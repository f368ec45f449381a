package dev.latchkey.demo.agent;

import dev.latchkey.demo.process.ChildProcess;
import dev.latchkey.demo.process.JavaProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The agent, started as its launcher starts it, but on a leash. */
public final class AgentProcess implements AutoCloseable {

  private final ChildProcess process;
  private final AgentFiles files;

  private AgentProcess(ChildProcess process, AgentFiles files) {
    this.process = process;
    this.files = files;
  }

  /** Its main class. */
  public static final String MAIN = "dev.latchkey.agent.wiring.Main";

  /** What it is told. */
  public static List<String> arguments(AgentFiles files) {
    return List.of("agent", "--dev", "--config", files.configuration().toString());
  }

  /**
   * Starts an agent on a configuration; it may not listen yet.
   *
   * @param program the agent's, with {@link #MAIN} and {@link #arguments}
   * @param leash the class path that holds the leash
   */
  public static AgentProcess start(JavaProgram program, Path leash, AgentFiles files, Path log) {
    ChildProcess process = ChildProcess.start("agent", program.leashed(leash.toString()), log);
    Thread.ofVirtual()
        .name("agent-output")
        .start(() -> process.output().lines().forEach(line -> {}));
    return new AgentProcess(process, files);
  }

  /** Whether it listens on its operator socket; an exception when it ended instead. */
  public boolean listens() {
    if (!process.isAlive()) {
      throw new IllegalStateException("the agent ended at its start:\n" + process.logTail());
    }
    return Files.exists(files.operatorSocket());
  }

  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.close();
  }
}
