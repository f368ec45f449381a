package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk fails after a swap: the sync of the directory, the last of a write, is answered by the
 * kernel's error for that. The writer is told so, and that it changed something is not lost.
 */
class FailingSyncTest {

  /** One of the file, one of its directory; the second write's last is the fourth. */
  private static final int OF_FILE = 4;

  /** Three of files, one of the version, two of the directory around. */
  private static final int OF_SET = 12;

  @TempDir Path directory;

  @Test
  void aFileThatIsSwappedInUnsyncedIsToldAsChangedByTheNextWrite() throws Exception {
    assertTold(write("file", OF_FILE));
    assertThat(Deliveries.names(directory)).containsExactly("delivered");
  }

  @Test
  void aSetThatIsSwappedInUnsyncedIsToldAsChangedByTheNextWrite() throws Exception {
    assertTold(write("set", OF_SET));
    assertThat(Deliveries.names(directory))
        .containsExactly(".delivered.1", ".delivered.2", "delivered");
  }

  private static void assertTold(List<String> lines) {
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).isEqualTo("true");
    assertThat(lines.get(1))
        .startsWith("failed: ")
        .contains("delivered is in its place, but not yet for sure on the disk");
    assertThat(lines.subList(2, 4)).containsExactly("true", "false");
  }

  /** Answers what one write and three of the same other told. */
  private List<String> write(String kind, int failing) throws Exception {
    List<String> words =
        List.of(
            "strace",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            "trace=fsync",
            "-e",
            "signal=none",
            "-e",
            "inject=fsync:error=EIO:when=" + failing);
    Precondition.require("strace", Child.works(words));
    return Child.run(Child.command(words, "same", directory.toString(), kind));
  }
}
