package dev.latchkey.cli.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sockets are found where the agent puts them. */
class SocketPathsTest {
  @TempDir Path installed;

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
  void aDevelopersDirectoryFollowsTheRuntimeDirectoryThenTheUser() {
    assertThat(paths(Map.of("XDG_RUNTIME_DIR", "/run/user/7")).application(null))
        .isEqualTo(Path.of("/run/user/7/latchkey/agent.sock"));
    assertThat(paths(Map.of()).application(null).toString())
        .matches("/tmp/latchkey-\\d+/agent.sock");
  }

  private SocketPaths paths(Map<String, String> environment) {
    return new SocketPaths(environment, installed);
  }
}
