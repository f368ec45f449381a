package dev.latchkey.demo;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where Latchkey lies on this machine.
 *
 * @param home the directory that holds {@code agent/target/latchkey-agent.jar}
 */
record Installation(Path home) {

  private static final String HOME_PROPERTY = "latchkey.home";
  private static final String AGENT_JAR = "agent/target/latchkey-agent.jar";
  private static final String AGENT_LIBRARIES = "agent/target/lib";

  /**
   * Finds it by the property {@code latchkey.home}, or above the place that this class was loaded
   * from.
   */
  static Installation find() {
    String given = System.getProperty(HOME_PROPERTY, "");
    Path start = given.isEmpty() ? ownPlace() : Path.of(given).toAbsolutePath();
    for (Path place = start; place != null; place = place.getParent()) {
      if (Files.exists(place.resolve(AGENT_JAR))) {
        return new Installation(place);
      }
    }
    throw new IllegalStateException(
        "no "
            + AGENT_JAR
            + " at or above "
            + start
            + "; build it first, or set -D"
            + HOME_PROPERTY);
  }

  private static Path ownPlace() {
    try {
      return Path.of(
          Installation.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The agent's class path, its own jar first. */
  String agentClassPath() {
    try (Stream<Path> libraries = Files.list(home.resolve(AGENT_LIBRARIES))) {
      return Stream.concat(Stream.of(home.resolve(AGENT_JAR)), libraries.sorted())
          .map(Path::toString)
          .filter(name -> name.endsWith(".jar"))
          .collect(Collectors.joining(":"));
    } catch (IOException unreadable) {
      throw new IllegalStateException(
          "no libraries in " + home.resolve(AGENT_LIBRARIES), unreadable);
    }
  }

  /** The options that the agent's virtual machine is started with. */
  List<String> agentOptions() {
    return List.of(
        "-Xmx64m",
        "-XX:+UseSerialGC",
        "-XX:+UseCompactObjectHeaders",
        "--enable-native-access=ALL-UNNAMED");
  }
}
