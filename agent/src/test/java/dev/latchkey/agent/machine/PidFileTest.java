package dev.latchkey.agent.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pid files, also of a writer who means no good. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PidFileTest {

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("program.pid");
  }

  private void assertRefused(String why) {
    assertThatThrownBy(() -> PidFile.read(file))
        .isInstanceOf(PidFile.Refused.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(why);
  }

  @Test
  void saysWhatTheFileSays() throws Exception {
    Files.writeString(file, "4711\n");
    Instant written = Instant.parse("2026-02-03T04:05:06.000007Z");
    Files.setLastModifiedTime(file, FileTime.from(written));
    assertThat(PidFile.read(file))
        .contains(
            new PidFile(
                4711,
                (Long) Files.getAttribute(file, "unix:ino"),
                (Integer) Files.getAttribute(file, "unix:uid"),
                written));
  }

  @Test
  void noFileIsNone() throws Exception {
    assertThat(PidFile.read(file)).isEmpty();
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    assertRefused("is no plain file");
  }

  @Test
  void noSymlinkIsFollowed() throws IOException {
    Files.createSymbolicLink(file, Path.of("/dev/zero"));
    assertRefused("is no plain file");
  }

  @Test
  void aDirectoryIsRefused() throws IOException {
    Files.createDirectory(file);
    assertRefused("is no plain file");
  }

  @Test
  void noMoreIsReadThanANumberTakes() throws IOException {
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(1L << 40);
    }
    assertRefused("holds no number of a process");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "0", "1", "-1", "12 13", "99999999999"})
  void whatIsNoNumberOfAProcessIsRefused(String text) throws IOException {
    Files.writeString(file, text);
    assertRefused("holds no number of a process");
  }

  @Test
  void whatEverybodyMayWriteIsRefused() throws IOException {
    Files.writeString(file, "4711");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertRefused("may be written by everybody");
  }
}
