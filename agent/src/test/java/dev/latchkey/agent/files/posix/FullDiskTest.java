package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {

  private static final List<String> AS_ROOT = List.of("unshare", "--mount");
  private static final List<String> AS_USER = List.of("unshare", "--map-root-user", "--mount");

  @TempDir Path temporary;

  @Test
  void aFullDiskLeavesWhatWasThereAndNothingElse() throws Exception {
    Path disk = Files.createDirectory(temporary.resolve("disk"));
    List<String> words = new ArrayList<>(Child.works(AS_ROOT) ? AS_ROOT : AS_USER);
    Precondition.require("a file system of its own (unshare --mount)", Child.works(words));
    words.addAll(
        List.of(
            "sh",
            "-c",
            "mount -t tmpfs -o size=192k,mode=0755 none '" + disk + "' && exec \"$@\"",
            "sh"));

    assertFilled(
        Child.run(Child.readableCommand(temporary, words, "fill", disk.toString())),
        "no space is left");
    assertThat(disk).isEmptyDirectory();
  }

  @Test
  void aLimitOnTheSizeOfFilesLeavesWhatWasThereAndNothingElse() throws Exception {
    List<String> words = List.of("prlimit", "--fsize=131072");
    Precondition.require("prlimit", Child.works(words));
    assertFilled(
        Child.run(Child.command(words, "fill", temporary.toString())), "larger than this process");
  }

  private static void assertFilled(List<String> lines, String why) {
    assertThat(lines).hasSize(7);
    assertThat(lines.subList(0, 2))
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("failed: ")
                    .contains("could not be written, and nothing is left half-written", why));
    assertThat(lines.subList(2, 7))
        .containsExactly(
            "small",
            "small of tls.key",
            "[.tls.1, tls, token] [ca.pem, tls.crt, tls.key]",
            "smaller",
            "smaller of tls.key");
  }
}
