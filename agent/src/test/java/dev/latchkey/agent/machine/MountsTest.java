package dev.latchkey.agent.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountsTest {

  private static final String BEFORE =
      """
      22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
      23 22 0:5 / /proc rw - proc proc rw
      31 22 0:27 / /run rw,nosuid - tmpfs tmpfs rw
      40 31 0:40 / /run/app\\040one/secrets rw - tmpfs tmpfs rw
      """;

  @TempDir Path directory;
  private final AtomicLong nanos = new AtomicLong();

  private Path table() {
    return directory.resolve("mountinfo");
  }

  private Mounts mounts() throws IOException {
    Files.writeString(table(), BEFORE);
    return new Mounts(table(), nanos::get);
  }

  @Test
  void theNearestMountAboveAPathCounts() throws IOException {
    Mounts mounts = mounts();
    assertThat(mounts.above(Path.of("/run/app one/secrets/db")))
        .hasToString("/run/app one/secrets");
    assertThat(mounts.above(Path.of("/run/app one"))).hasToString("/run");
    assertThat(mounts.above(Path.of("/running"))).hasToString("/");
    assertThat(mounts.above(Path.of("/proc"))).hasToString("/proc");
  }

  @Test
  void whatIsMountedLaterCountsASecondLater() throws IOException {
    Mounts mounts = mounts();
    Files.writeString(table(), BEFORE + "41 22 0:41 / /mnt/share rw - nfs host:/x rw\n");
    assertThat(mounts.above(Path.of("/mnt/share/a"))).hasToString("/");
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(mounts.above(Path.of("/mnt/share/a"))).hasToString("/mnt/share");
  }

  @Test
  void whereNobodySaysEverythingIsOne() {
    Mounts blind = new Mounts(table(), nanos::get);
    assertThat(blind.above(Path.of("/run/app"))).hasToString("/");
  }

  @Test
  void theMachineSaysWhereProcIs() {
    assertThat(Mounts.system(System::nanoTime).above(Path.of("/proc/self/status")))
        .hasToString("/proc");
  }
}
