package dev.latchkey.agent.machine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
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
        .isEqualTo("40 /run/app one/secrets");
    assertThat(mounts.above(Path.of("/run/app one"))).isEqualTo("31 /run");
    assertThat(mounts.above(Path.of("/running"))).isEqualTo("22 /");
    assertThat(mounts.above(Path.of("/proc"))).isEqualTo("23 /proc");
  }

  @Test
  void whatIsMountedLaterCountsASecondLater() throws IOException {
    Mounts mounts = mounts();
    Files.writeString(table(), BEFORE + "41 22 0:41 / /mnt/share rw - nfs host:/x rw\n");
    assertThat(mounts.above(Path.of("/mnt/share/a"))).isEqualTo("22 /");
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(mounts.above(Path.of("/mnt/share/a"))).isEqualTo("41 /mnt/share");
  }

  @Test
  void ofSeveralAtOnePlaceTheLastIsSeen() throws IOException {
    Files.writeString(table(), BEFORE + "50 31 0:50 / /run rw - tmpfs tmpfs rw\n");
    assertThat(new Mounts(table(), nanos::get).above(Path.of("/run/x"))).isEqualTo("50 /run");
  }

  @Test
  void whatCannotBeReadIsWhatItWasBefore() throws IOException {
    Mounts mounts = mounts();
    Files.delete(table());
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(mounts.above(Path.of("/run/x"))).isEqualTo("31 /run");
  }

  @Test
  void aNameThatIsNoPathIsNobodysMount() throws IOException {
    Files.write(
        table(), (BEFORE + "51 22 0:51 / /mnt/\u00ff\\000 rw - tmpfs x rw\n").getBytes(ISO_8859_1));
    assertThat(new Mounts(table(), nanos::get).above(Path.of("/mnt/x"))).isEqualTo("22 /");
  }

  @Test
  void whereNobodySaysEverythingIsOne() {
    Mounts blind = new Mounts(table(), nanos::get);
    assertThat(blind.above(Path.of("/run/app"))).isEmpty();
  }

  @Test
  void theMachineSaysWhereProcIs() {
    assertThat(Mounts.system(System::nanoTime).above(Path.of("/proc/self/status")))
        .endsWith(" /proc");
  }
}
