package dev.latchkey.bench;

import dev.latchkey.bench.agent.AgentUnderTest;
import dev.latchkey.bench.load.Statistics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The wall time of {@code latchkey get} as a shell sees it, with the agent running. */
final class CommandLineTime {

  private final Path launcher;
  private final AgentUnderTest agent;
  private final String secret;

  CommandLineTime(Path launcher, AgentUnderTest agent, String secret) {
    this.launcher = launcher;
    this.agent = agent;
    this.secret = secret;
  }

  Figure measure(int runs) throws IOException, InterruptedException {
    List<Double> seconds = new ArrayList<>();
    once();
    for (int run = 0; run < runs; run++) {
      seconds.add(once());
    }
    return Figure.bounded(
        "`latchkey get`, wall time in s, median", Statistics.median(seconds), 0.6, runs + " runs");
  }

  private double once() throws IOException, InterruptedException {
    long begun = System.nanoTime();
    int exit =
        new ProcessBuilder(
                launcher.toString(), "get", secret, "--socket", agent.socket().toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    if (exit != 0) {
      throw new IllegalStateException("latchkey get ended with " + exit);
    }
    return (System.nanoTime() - begun) / 1e9;
  }
}
