package dev.latchkey.agent.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningProcessTest {

  @TempDir Path files;

  @Test
  void aRealProcessIsKnownByWhenItBegan() throws Exception {
    Path proc = Path.of("/proc");
    Uptime uptime = Uptime.system();
    Duration before = uptime.read();
    Process process = new ProcessBuilder("sleep", "60").start();
    RunningProcess running = RunningProcess.of(proc, process.pid()).orElseThrow();
    assertThat(running.isOver(proc)).isFalse();
    assertThat(running.startedAfter())
        .isBetween(before.minusMillis(20), uptime.read().plusMillis(20));
    process.destroyForcibly();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(running.isOver(proc)).isTrue();
  }

  @Test
  void theUptimeIsTheKernels() throws Exception {
    Duration before = Uptime.system().read();
    double told = Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0]);
    assertThat(Duration.ofMillis((long) (told * 1000)))
        .isBetween(before.minusMillis(20), Uptime.system().read().plusMillis(20));
  }

  @Test
  void aNameOfAnyBytesIsPassedOver() throws Exception {
    Path entry = Files.createDirectory(files.resolve("41")).resolve("stat");
    String name = "(\u00ff) Z 1)";
    Files.writeString(
        entry, "41 " + name + " S" + " 1".repeat(18) + " 77 0\n", StandardCharsets.ISO_8859_1);
    assertThat(RunningProcess.of(files, 41)).contains(new RunningProcess(41, 77));
  }
}
