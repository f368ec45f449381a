package dev.latchkey.cli.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sockets are found where the agent puts them. */
class SocketPathsTest {
  @TempDir Path installed;
  @TempDir Path runtime;

  @Test
  void aNamedSocketWinsOverTheEnvironment() {
    SocketPaths paths = paths(Map.of("LATCHKEY_SOCKET", "/e/a.sock"));
    assertThat(paths.application(Path.of("/n/a.sock"))).isEqualTo(Path.of("/n/a.sock"));
    assertThat(paths.application(null)).isEqualTo(Path.of("/e/a.sock"));
  }

  @Test
  void theOperatorSocketIsLookedForBesideANamedApplicationSocket() {
    SocketPaths paths = paths(Map.of());
    assertThat(paths.operator(null, Path.of("/n/a.sock")))
        .isEqualTo(Path.of("/n/operator/operator.sock"));
    assertThat(paths(Map.of("LATCHKEY_OPERATOR_SOCKET", "/e/o.sock")).operator(null, null))
        .isEqualTo(Path.of("/e/o.sock"));
  }

  @Test
  void anInstalledAgentComesBeforeTheOneOfADeveloper() throws IOException {
    SocketPaths paths = paths(Map.of("LATCHKEY_DEV_DIR", "/d"));
    assertThat(paths.application(null)).isEqualTo(Path.of("/d/agent.sock"));
    Files.createFile(installed.resolve("agent.sock"));
    assertThat(paths.application(null)).isEqualTo(installed.resolve("agent.sock"));
    assertThat(paths.operator(null, null)).isEqualTo(installed.resolve("operator/operator.sock"));
  }

  @Test
  void whatWasFoundOnceStaysTheOneThatIsLookedIn() throws IOException {
    SocketPaths paths = paths(Map.of("LATCHKEY_DEV_DIR", "/d")).settle();
    Files.createFile(installed.resolve("agent.sock"));
    assertThat(paths.application(null)).isEqualTo(Path.of("/d/agent.sock"));
    assertThat(paths.operator(null, null)).isEqualTo(Path.of("/d/operator/operator.sock"));
  }

  @Test
  void aDevelopersDirectoryFollowsTheRuntimeDirectory() throws IOException {
    SocketPaths paths = paths(Map.of("XDG_RUNTIME_DIR", runtime.toString()));
    refused(paths, ExitCode.UNAVAILABLE, "there is no socket at " + runtime);
    directory("rwx------");
    assertThat(paths.application(null)).isEqualTo(runtime.resolve("latchkey/agent.sock"));
    assertThat(paths.operator(null, null))
        .isEqualTo(runtime.resolve("latchkey/operator/operator.sock"));
  }

  @Test
  void aDirectoryThatOthersMayWriteToIsNotTrusted() throws IOException {
    for (String mode : new String[] {"rwxrwx---", "rwx---rwx", "rwx----w-"}) {
      directory(mode);
      refused(paths(Map.of("XDG_RUNTIME_DIR", runtime.toString())), ExitCode.DENIED, "not a");
      Files.delete(runtime.resolve("latchkey"));
    }
  }

  @Test
  void aSymlinkToADirectoryIsNotTrusted() throws IOException {
    Files.createSymbolicLink(runtime.resolve("latchkey"), installed);
    refused(paths(Map.of("XDG_RUNTIME_DIR", runtime.toString())), ExitCode.DENIED, "not a");
    Files.delete(runtime.resolve("latchkey"));
    Files.createSymbolicLink(runtime.resolve("latchkey"), Path.of("/none"));
    refused(paths(Map.of("XDG_RUNTIME_DIR", runtime.toString())), ExitCode.DENIED, "not a");
  }

  @Test
  void aDirectoryOfAnotherUserIsNotTrusted() throws IOException {
    Path foreign = runtime.resolve("latchkey");
    directory("rwx------");
    org.junit.jupiter.api.Assumptions.assumeTrue(mayGiveAway(foreign), "only root gives away");
    SocketPaths paths = paths(Map.of("XDG_RUNTIME_DIR", runtime.toString()));
    refused(paths, ExitCode.DENIED, foreign + " is not a directory of this user alone");
    assertThatThrownBy(() -> paths.settle().operator(null, null))
        .isInstanceOf(CommandFailure.class);
  }

  private static boolean mayGiveAway(Path directory) {
    try {
      Files.setAttribute(directory, "unix:uid", 54322);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void directory(String mode) throws IOException {
    Path directory = Files.createDirectory(runtime.resolve("latchkey"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
  }

  private static void refused(SocketPaths paths, ExitCode code, String words) {
    assertThatThrownBy(() -> paths.application(null))
        .hasMessageContaining(words)
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(code));
  }

  private SocketPaths paths(Map<String, String> environment) {
    return new SocketPaths(environment, installed, Optional.empty());
  }
}
