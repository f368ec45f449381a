package dev.latchkey.client;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds the agent's sockets where nobody names them.
 *
 * <p>The order is: the environment variable, the host's socket when it exists, the socket of {@code
 * latchkey agent --dev}. Looks at the environment and the file system at each call and keeps
 * nothing.
 */
public final class AgentSocket {

  private static final Path HOST = Path.of("/run/latchkey");

  private AgentSocket() {}

  /**
   * The application socket: {@code LATCHKEY_SOCKET}, else the host's, else the development agent's.
   */
  public static Path find() {
    return find(System.getenv(), Files::exists, "LATCHKEY_SOCKET", "agent.sock");
  }

  /**
   * The operator socket: {@code LATCHKEY_OPERATOR_SOCKET}, else the host's, else the development
   * agent's.
   */
  public static Path findOperator() {
    return find(
        System.getenv(), Files::exists, "LATCHKEY_OPERATOR_SOCKET", "operator/operator.sock");
  }

  static Path find(
      Map<String, String> environment, Predicate<Path> exists, String variable, String file) {
    Optional<String> named = value(environment, variable);
    if (named.isPresent()) {
      return Path.of(named.get());
    }
    Path onHost = HOST.resolve(file);
    return exists.test(onHost) ? onHost : developmentDirectory(environment).resolve(file);
  }

  private static Path developmentDirectory(Map<String, String> environment) {
    return value(environment, "LATCHKEY_DEV_DIR")
        .map(Path::of)
        .or(() -> value(environment, "XDG_RUNTIME_DIR").map(dir -> Path.of(dir, "latchkey")))
        .orElseGet(() -> Path.of("/tmp/latchkey-" + uid()));
  }

  private static String uid() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
    } catch (java.io.IOException | UnsupportedOperationException e) {
      return System.getProperty("user.name", "unknown");
    }
  }

  private static Optional<String> value(Map<String, String> environment, String variable) {
    return Optional.ofNullable(environment.get(variable)).filter(v -> !v.isEmpty());
  }
}
