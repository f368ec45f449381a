package dev.latchkey.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is measured: the jars and options of a build.
 *
 * @param home the root of the checkout
 */
record Installation(Path home) {

  /** The launcher. */
  Path launcher() {
    return home.resolve("bin/latchkey");
  }

  /** Where the report goes. */
  Path report() {
    return home.resolve("docs/performance.md");
  }

  /** The shipped agent's command, up to its main class's arguments. */
  List<String> shipped(boolean withCache) throws IOException {
    List<String> command = java();
    if (withCache) {
      command.add("-XX:AOTCache=" + home.resolve("agent/target/agent.aot"));
    }
    command.addAll(List.of("-cp", agentClassPath(), "dev.latchkey.agent.wiring.Main"));
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
                + home.resolve("bench/target/lib")
                + "/*"));
    return command;
  }

  private static List<String> java() {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED"));
  }

  private String agentClassPath() throws IOException {
    try (Stream<Path> libraries = Files.list(home.resolve("agent/target/lib"))) {
      return Stream.concat(
              Stream.of(home.resolve("agent/target/latchkey-agent.jar")), libraries.sorted())
          .map(Path::toString)
          .collect(Collectors.joining(":"));
    }
  }
}
