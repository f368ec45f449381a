package dev.latchkey.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
 *
 * <p>The directory of the last may lie in {@code /tmp}, where any user could have made it. So an
 * {@link AgentChannel} connects to a socket in it only while it is a directory of this process's
 * user that nobody else may write to.
 */
public final class AgentSocket {

  private static final Path HOST = Path.of("/run/latchkey");
  private static final int TYPE = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int WRITTEN_BY_OTHERS = 0022;

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

  /**
   * The directory that has to be this user's alone for the socket to be trusted; empty when the
   * environment names the socket or the directory.
   */
  static Optional<Path> doubtful(Map<String, String> environment, Path socket) {
    boolean named =
        value(environment, "LATCHKEY_DEV_DIR").isPresent()
            || value(environment, "LATCHKEY_SOCKET").filter(socket.toString()::equals).isPresent()
            || value(environment, "LATCHKEY_OPERATOR_SOCKET")
                .filter(socket.toString()::equals)
                .isPresent();
    return Optional.of(developmentDirectory(environment))
        .filter(directory -> !named && socket.startsWith(directory));
  }

  /**
   * Checks a directory, itself and no link to it.
   *
   * @throws IOException saying so when it is not there or not this user's alone
   */
  static void requireOwn(Path directory) throws IOException {
    Map<String, Object> found =
        Files.readAttributes(directory, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
    int mode = (Integer) found.getOrDefault("mode", 0);
    boolean own = String.valueOf(found.get("uid")).equals(uid());
    if (!own || (mode & TYPE) != DIRECTORY || (mode & WRITTEN_BY_OTHERS) != 0) {
      throw new IOException(
          directory
              + " is not a directory of this user alone; name the socket of an agent that you"
              + " trust, or set LATCHKEY_SOCKET");
    }
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
    } catch (IOException | UnsupportedOperationException e) {
      return System.getProperty("user.name", "unknown");
    }
  }

  private static Optional<String> value(Map<String, String> environment, String variable) {
    return Optional.ofNullable(environment.get(variable)).filter(v -> !v.isEmpty());
  }
}
