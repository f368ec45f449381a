package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.States.SECRET;
import static dev.latchkey.agent.inject.States.bytes;
import static dev.latchkey.agent.inject.States.content;
import static dev.latchkey.agent.inject.States.rendered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.secret.SecretContent;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What real shells make of a dotenv: every value as it was, and nothing run. */
class DotenvInShellsTest {

  private static final List<String> NASTY =
      List.of(
          "",
          " ",
          "it's",
          "'",
          "''\\''",
          "\"double\"",
          "$HOME ${HOME} $(touch @RAN@) `touch @RAN@`",
          "a\\b\\n\\",
          "two\nlines\n",
          "\r\n\t\u000b\f",
          "; touch @RAN@ #",
          "'; touch @RAN@; '",
          "!history ~ * ? [a] {a,b} & | < > ( )",
          "\u00e4\u20ac\ud83d\udd11",
          "=",
          "x".repeat(100_000));

  @TempDir Path directory;

  static Stream<String> shells() {
    return Stream.of("/bin/sh", "/bin/bash", "/bin/dash", "/bin/zsh", "/bin/busybox")
        .filter(shell -> Files.isExecutable(Path.of(shell)));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void everyValueComesBackAndNothingRuns(String shell) throws Exception {
    Path ran = directory.resolve("ran");
    for (String nasty : NASTY) {
      String value = nasty.replace("@RAN@", ran.toString());
      assertThat(sourced(shell, content("value", value)))
          .isEqualTo(value.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(ran).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void bytesThatAreNoTextComeBackToo(String shell) throws Exception {
    byte[] all = new byte[255];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) (i + 1);
    }
    assertThat(sourced(shell, bytes("value", all))).isEqualTo(all);
  }

  private byte[] sourced(String shell, SecretContent content) throws Exception {
    Path file = directory.resolve("dotenv");
    Files.write(file, rendered(new DotenvFormat(Fields.all(SECRET)), content));
    File out = directory.resolve("out").toFile();
    List<String> command =
        shell.endsWith("busybox") ? List.of(shell, "sh", "-c") : List.of(shell, "-c");
    ProcessBuilder builder =
        new ProcessBuilder(
                Stream.concat(
                        command.stream(),
                        Stream.of("set -e; . \"$0\"; printf %s \"$VALUE\"", file.toString()))
                    .toList())
            .redirectOutput(out)
            .redirectErrorStream(false);
    builder.environment().clear();
    builder.environment().putAll(Map.of("PATH", "/usr/bin:/bin", "LC_ALL", "C.UTF-8"));
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).isEmpty();
    return Files.readAllBytes(out.toPath());
  }
}
