package dev.latchkey.agent.reload.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.attest.process.OwnUser;
import dev.latchkey.agent.inject.Reload;
import dev.latchkey.agent.inject.ReloadFailed;
import dev.latchkey.agent.time.TimeSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignalReloadTest {

  @TempDir Path directory;

  private final ProcessReloader reloader = new ProcessReloader(TimeSource.system(), OwnUser.uid());
  private Path pidFile;
  private Path said;
  private Process program;

  /**
   * No signal is ignored, whatever whoever runs this does. The loop begins no process: a signal
   * that comes while some shells do that is lost.
   */
  @BeforeEach
  void start() throws Exception {
    pidFile = directory.resolve("program.pid");
    said = directory.resolve("said");
    program =
        new ProcessBuilder(
                "env",
                "--default-signal",
                "/bin/sh",
                "-c",
                "for s in HUP USR1 USR2; do trap \"echo $s >> $0/said\" $s; done; echo $$ >"
                    + " $0/program.pid; until read -r line; [ $? = 1 ]; do :; done",
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Files.exists(pidFile) && Files.readString(pidFile).endsWith("\n"));
  }

  @AfterEach
  void stop() throws Exception {
    program.destroyForcibly().waitFor();
  }

  private boolean send(String signal) {
    return reloader.reload(new Reload.Signal(signal, pidFile));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HUP", "USR1", "USR2"})
  void theProcessThatTheFileNamesGetsTheSignal(String signal) {
    assertThat(send(signal)).isTrue();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(said).content().isEqualTo(signal + "\n"));
  }

  @Test
  void aFileOlderThanItsProcessMeansAnotherOneWhichIsNotHit() throws Exception {
    Files.setLastModifiedTime(pidFile, FileTime.from(Instant.now().minusSeconds(60)));
    assertThatThrownBy(() -> send("TERM"))
        .isInstanceOf(ReloadFailed.class)
        .hasMessageContaining("is older than the process " + program.pid());
    assertThat(program.isAlive()).isTrue();
    assertThat(said).doesNotExist();
  }

  @Test
  void aProgramThatDoesNotRunIsNobodyToTell() throws Exception {
    stop();
    assertThat(send("HUP")).as("its number is nobody's").isFalse();
    Files.delete(pidFile);
    assertThat(send("HUP")).as("it took its file away").isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "0", "1", "-1", "12 13", "99999999999"})
  void whatIsNoNumberOfAProcessIsRefused(String text) throws Exception {
    Files.writeString(pidFile, text);
    assertThatThrownBy(() -> send("HUP")).hasMessageContaining("holds no number of a process");
  }

  @Test
  void aFileThatAnybodyMayWriteOrThatIsNoneIsRefused() throws Exception {
    Files.setPosixFilePermissions(pidFile, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThatThrownBy(() -> send("HUP")).hasMessageContaining("may be written by everybody");
    Path link = directory.resolve("link.pid");
    Files.createSymbolicLink(link, pidFile);
    assertThatThrownBy(() -> reloader.reload(new Reload.Signal("HUP", link)))
        .hasMessageContaining("is no plain file");
    assertThat(said).doesNotExist();
  }
}
