package dev.latchkey.cli.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the agent's sockets are, unless the command line names them: the environment, then the
 * place of an installed agent, then that of {@code latchkey agent --dev}.
 *
 * @param environment the process environment
 * @param installed the directory of an installed agent's application socket
 */
public record SocketPaths(Map<String, String> environment, Path installed) {
  private static final Path OPERATOR = Path.of("operator", "operator.sock");
  private static final String APPLICATION = "agent.sock";

  public SocketPaths {
    environment = Map.copyOf(environment);
  }

  /** The paths of this machine. */
  public static SocketPaths of(Map<String, String> environment) {
    return new SocketPaths(environment, Path.of("/run/latchkey"));
  }

  /** The application socket; {@code named} wins when it is given. */
  public Path application(@Nullable Path named) {
    Path chosen = chosen(named, "LATCHKEY_SOCKET");
    return chosen != null ? chosen : directory().resolve(APPLICATION);
  }

  /**
   * The operator socket; {@code named} wins when it is given. Beside a named application socket it
   * is looked for where the agent puts it by default.
   */
  public Path operator(@Nullable Path named, @Nullable Path namedApplication) {
    Path chosen = chosen(named, "LATCHKEY_OPERATOR_SOCKET");
    if (chosen != null) {
      return chosen;
    }
    Path beside = chosen(namedApplication, "LATCHKEY_SOCKET");
    return beside != null
        ? beside.toAbsolutePath().resolveSibling(OPERATOR)
        : directory().resolve(OPERATOR);
  }

  private @Nullable Path chosen(@Nullable Path named, String variable) {
    if (named != null) {
      return named;
    }
    String value = environment.get(variable);
    return value == null || value.isBlank() ? null : Path.of(value);
  }

  private Path directory() {
    return Files.exists(installed.resolve(APPLICATION)) ? installed : development();
  }

  private Path development() {
    String named = environment.get("LATCHKEY_DEV_DIR");
    if (named != null && !named.isBlank()) {
      return Path.of(named);
    }
    String runtime = environment.get("XDG_RUNTIME_DIR");
    return runtime != null && !runtime.isBlank()
        ? Path.of(runtime, "latchkey")
        : Path.of("/tmp/latchkey-" + uid());
  }

  private static String uid() {
    try {
      return String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException e) {
      return System.getProperty("user.name", "unknown");
    }
  }
}
