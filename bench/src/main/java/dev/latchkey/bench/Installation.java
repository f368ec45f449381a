package dev.latchkey.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is measured: the agent as {@code bin/latchkey} laid it out and trained it.
 *
 * @param home the root of the checkout
 */
record Installation(Path home) {

  private static final String AGENT_MAIN = "dev.latchkey.agent.wiring.Main";

  /** The launcher. */
  Path launcher() {
    return home.resolve("bin/latchkey");
  }

  /** Where the report goes. */
  Path report() {
    return home.resolve("docs/performance.md");
  }

  /** The shipped agent's command, up to and including its main class. */
  List<String> shipped(boolean withCache) throws IOException {
    List<String> command = java();
    Path cache = built().resolve("aot");
    if (withCache && !Files.exists(cache)) {
      throw new IllegalStateException("no AOT cache: 'bin/latchkey agent --help' makes it");
    }
    if (withCache) {
      command.add("-XX:AOTCache=" + cache);
    }
    command.addAll(List.of("@" + built().resolve("args"), AGENT_MAIN));
    return command;
  }

  /** The same with the bench behind its class path, up to and including that. */
  List<String> measured() throws IOException {
    List<String> command = java();
    command.addAll(
        List.of(
            "-cp",
            agentClassPath()
                + ":"
                + home.resolve("bench/target/latchkey-bench.jar")
                + ":"
                + home.resolve("bench/target/lib/*")));
    return command;
  }

  private List<String> java() {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "@" + home.resolve("bin/agent.jvmargs")));
  }

  /** The class path stands in quotes in an argument file. */
  private String agentClassPath() throws IOException {
    String args = Files.readString(built().resolve("args"));
    return args.substring(args.indexOf('"') + 1, args.lastIndexOf('"'));
  }

  private Path built() throws IOException {
    Path launch = home.resolve("target/launch/agent");
    return launch.resolve(Files.readString(launch.resolve("current")).strip());
  }
}
