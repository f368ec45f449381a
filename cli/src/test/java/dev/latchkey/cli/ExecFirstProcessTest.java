package dev.latchkey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code latchkey exec} as the first process of a container: it collects what others leave. */
class ExecFirstProcessTest extends ExecStage {

  @BeforeEach
  void need() throws Exception {
    FirstProcess.require();
  }

  @Test
  void itCollectsWhatOthersLeave() throws Exception {
    Process process =
        first(
            "for i in 1 2 3 4 5 6 7 8 9; do (sleep 0.0$i &); done;"
                + " while grep -qsx 'Name:.sleep' /proc/[0-9]*/status; do :; done; exit 7");
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(7);
  }

  /**
   * What the command began outlives it there, and has left a process of its own to be collected.
   */
  @Test
  void itDoesSoWhileTheRestOfACommandThatEndedHasItsGrace() throws Exception {
    Path log = directory.resolve("log");
    Path rest =
        Files.writeString(
            directory.resolve("rest"),
            """
            trap '' TERM
            echo ready >> log
            while grep -qs '^State:.[RSD]' /proc/$1/status; do sleep 0.05; done
            (sh -c 'echo $$ > left' &)
            until [ -s left ]; do sleep 0.05; done
            while [ -e /proc/$(cat left) ]; do sleep 0.05; done
            echo collected >> log
            """);
    Process process =
        first(
            "cd '%s'; [ -e log ] && exit 7; trap 'exit 0' TERM; sh '%s' $$ &"
                    .formatted(directory, rest)
                + " while :; do sleep 0.05; done");
    awaitLine(log, "ready");
    version.set(2);
    secret("orders-db", Map.of("password", "second"));
    awaitLine(log, "collected");
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(7);
  }

  private Process first(String script) throws IOException {
    List<String> command = new ArrayList<>(FirstProcess.NAMESPACE);
    List<String> options =
        List.of("--secret", "orders-db", "--on-change", "restart", "--splay", "0s");
    List<String> program = List.of("--grace", "1h", "--pass", "PATH", "--", "sh", "-c", script);
    List<String> arguments = new ArrayList<>(options);
    arguments.addAll(program);
    command.addAll(command(arguments));
    return start(new ProcessBuilder(command));
  }
}
