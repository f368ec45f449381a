package dev.latchkey.demo.agent;

import dev.latchkey.demo.process.ChildProcess;
import dev.latchkey.demo.process.JavaProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The agent, started as its launcher starts it, but on a leash. */
public final class AgentProcess implements AutoCloseable {

  private static final String MAIN = "dev.latchkey.agent.wiring.Main";

  private final ChildProcess process;
  private final AgentFiles files;

  private AgentProcess(ChildProcess process, AgentFiles files) {
    this.process = process;
    this.files = files;
  }

  /**
   * Starts an agent on a configuration; it may not listen yet.
   *
   * @param classPath the agent's own
   * @param leash the class path that holds the leash
   */
  public static AgentProcess start(
      List<String> options, String classPath, String leash, AgentFiles files, Path log) {
    JavaProgram program =
        new JavaProgram(
            options,
            classPath,
            MAIN,
            List.of("agent", "--dev", "--config", files.configuration().toString()));
    ChildProcess process = ChildProcess.start("agent", program.leashed(leash), log);
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
