package dev.latchkey.agent.reload.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.attest.process.OwnUser;
import dev.latchkey.agent.inject.Reload;
import dev.latchkey.agent.inject.ReloadFailed;
import dev.latchkey.agent.machine.ClockEpochs;
import dev.latchkey.agent.machine.Uptime;
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

  private final SteppedTime time = new SteppedTime();
  private final ProcessReloader reloader = new ProcessReloader(time, OwnUser.uid());
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
                "for s in HUP USR1 USR2; do trap \"more=1; echo $s >> $0/said\" $s; done; echo $$ >"
                    + " $0/program.pid; more=1; while [ $more = 1 ]; do more=0; read -r line; done",
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
  void aClockThatIsSetLaterKeepsNoSignalBack() {
    time.step(Duration.ofSeconds(30));
    assertThat(send("HUP")).isTrue();
    time.step(Duration.ofDays(-400));
    reloader.clockWasSet();
    time.step(Duration.ofDays(20_000));
    assertThat(send("HUP")).isTrue();
  }

  @Test
  void aClockThatIsSetMakesNoOlderFileRight() throws Exception {
    time.step(Duration.ofSeconds(30));
    for (int seconds : new int[] {10, 20, 40}) {
      Files.setLastModifiedTime(pidFile, FileTime.from(Instant.now().minusSeconds(seconds)));
      assertThatThrownBy(() -> send("TERM")).hasMessageContaining("is older than the process");
    }
    assertThat(program.isAlive()).isTrue();
  }

  @Test
  void whatWasRightOnceStaysRightHoweverOftenTheClockIsSet() {
    assertThat(send("HUP")).isTrue();
    for (int step = 0; step < 40; step++) {
      time.step(Duration.ofSeconds(30));
      reloader.clockWasSet();
    }
    assertThat(send("HUP")).isTrue();
  }

  @Test
  void aProcessThatIsHiddenIsNotHitUnseen() throws Exception {
    SignalReload blind =
        new SignalReload(
            new ClockEpochs(time::now, Uptime.system()),
            OwnUser.uid(),
            Files.createDirectory(directory.resolve("proc")));
    Reload.Signal signal = new Reload.Signal("TERM", pidFile);
    assertThatThrownBy(() -> blind.send(signal))
        .isInstanceOf(ReloadFailed.class)
        .hasMessageContaining("the process " + program.pid() + " runs, but")
        .hasMessageContaining("does not show it");
    assertThat(program.isAlive()).isTrue();
    stop();
    assertThat(blind.send(signal)).as("and nobody is missed who is gone").isFalse();
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
