package dev.latchkey.cli.socket;

import dev.latchkey.cli.outcome.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the agent's sockets are, unless the command line names them: the environment, then the
 * place of an installed agent, then that of {@code latchkey agent --dev}.
 *
 * <p>The last of these may lie where every user may write. It is taken only as a directory of this
 * user that nobody else may write to, or another user's socket would be taken for the agent's.
 *
 * @param environment the process environment
 * @param installed the directory of an installed agent's application socket
 * @param settled the directory that was found earlier and stays the one to look in
 */
public record SocketPaths(Map<String, String> environment, Path installed, Optional<Path> settled) {
  private static final Path OPERATOR = Path.of("operator", "operator.sock");
  private static final String APPLICATION = "agent.sock";

  public SocketPaths {
    environment = Map.copyOf(environment);
  }

  /** The paths of this machine. */
  public static SocketPaths of(Map<String, String> environment) {
    return new SocketPaths(environment, Path.of("/run/latchkey"), Optional.empty());
  }

  /** The same paths, for good in the directory that is found now where nobody names one. */
  public SocketPaths settle() {
    return new SocketPaths(environment, installed, Optional.of(directory()));
  }

  /**
   * The application socket; {@code named} wins when it is given.
   *
   * @throws CommandFailure when nobody names one, and there is none that can be trusted
   */
  public Path application(@Nullable Path named) {
    Path chosen = chosen(named, "LATCHKEY_SOCKET");
    return chosen != null ? chosen : trusted().resolve(APPLICATION);
  }

  /**
   * The operator socket; {@code named} wins when it is given. Beside a named application socket it
   * is looked for where the agent puts it by default.
   *
   * @throws CommandFailure when nobody names one, and there is none that can be trusted
   */
  public Path operator(@Nullable Path named, @Nullable Path namedApplication) {
    Path chosen = chosen(named, "LATCHKEY_OPERATOR_SOCKET");
    if (chosen != null) {
      return chosen;
    }
    Path beside = chosen(namedApplication, "LATCHKEY_SOCKET");
    return beside != null
        ? beside.toAbsolutePath().resolveSibling(OPERATOR)
        : trusted().resolve(OPERATOR);
  }

  private @Nullable Path chosen(@Nullable Path named, String variable) {
    return named != null ? named : path(variable).orElse(null);
  }

  private Optional<Path> path(String variable) {
    return Optional.ofNullable(environment.get(variable))
        .filter(value -> !value.isBlank())
        .map(Path::of);
  }

  private Path trusted() {
    Path directory = directory();
    if (!directory.equals(installed) && path("LATCHKEY_DEV_DIR").isEmpty()) {
      OwnDirectory.check(directory, APPLICATION);
    }
    return directory;
  }

  private Path directory() {
    return settled.orElseGet(
        () -> Files.exists(installed.resolve(APPLICATION)) ? installed : development());
  }

  /** An installed agent that this user may not reach is told of where no other is there. */
  private Path development() {
    Path directory =
        path("LATCHKEY_DEV_DIR")
            .or(() -> path("XDG_RUNTIME_DIR").map(runtime -> runtime.resolve("latchkey")))
            .orElseGet(() -> Path.of("/tmp/latchkey-" + OwnDirectory.ownUid()));
    boolean closed = Files.isDirectory(installed) && !Files.isExecutable(installed);
    return closed && !Files.exists(directory.resolve(APPLICATION)) ? installed : directory;
  }
}
