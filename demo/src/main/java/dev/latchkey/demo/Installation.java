package dev.latchkey.demo;

import dev.latchkey.demo.process.JavaProgram;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the agent's program lies: as the launcher laid it out, else as Maven left it.
 *
 * @param home the directory that holds {@code bin} and {@code target} or {@code agent/target}
 */
record Installation(Path home) {

  private static final String AGENT_JAR = "agent/target/latchkey-agent.jar";
  private static final String AGENT_LAUNCH = "target/launch/agent";
  private static final String AGENT_FLAGS = "bin/agent.jvmargs";

  /**
   * Finds it by the property {@code latchkey.home} or the variable {@code LATCHKEY_HOME}, else
   * above the place that this class was loaded from.
   */
  static Installation find() {
    String given =
        Optional.ofNullable(System.getProperty("latchkey.home"))
            .or(() -> Optional.ofNullable(System.getenv("LATCHKEY_HOME")))
            .orElse("");
    Path start = given.isEmpty() ? placeOf(Installation.class) : Path.of(given).toAbsolutePath();
    for (Path place = start; place != null; place = place.getParent()) {
      if (Files.exists(place.resolve(AGENT_LAUNCH)) || Files.exists(place.resolve(AGENT_JAR))) {
        return new Installation(place);
      }
    }
    throw new IllegalStateException(
        "no agent at or above " + start + "; start the demo by bin/latchkey, or set LATCHKEY_HOME");
  }

  /** The place that a class was loaded from: a jar, or a directory of classes. */
  static Path placeOf(Class<?> loaded) {
    try {
      return Path.of(loaded.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The agent, as it is shipped, to be started with these arguments. */
  JavaProgram agent(String mainClass, List<String> arguments) {
    try {
      List<String> options = new ArrayList<>();
      if (Files.exists(home.resolve(AGENT_FLAGS))) {
        options.add("@" + home.resolve(AGENT_FLAGS));
      }
      return new JavaProgram(options, agentClassPath(), mainClass, arguments);
    } catch (IOException unreadable) {
      throw new IllegalStateException(
          "the agent's jars in " + home + " cannot be listed", unreadable);
    }
  }

  private String agentClassPath() throws IOException {
    Path launch = home.resolve(AGENT_LAUNCH);
    if (Files.exists(launch.resolve("current"))) {
      Path lib = launch.resolve(Files.readString(launch.resolve("current")).strip()).resolve("lib");
      return jars(lib.resolve("latchkey-agent.jar"), lib);
    }
    return jars(home.resolve(AGENT_JAR), home.resolve("agent/target/lib"));
  }

  /** A class path of one jar before all others of a directory. */
  private static String jars(Path first, Path directory) throws IOException {
    try (Stream<Path> others = Files.list(directory)) {
      return Stream.concat(Stream.of(first), others.sorted().filter(jar -> !jar.equals(first)))
          .map(Path::toString)
          .filter(name -> name.endsWith(".jar"))
          .collect(Collectors.joining(":"));
    }
  }
}
