package dev.latchkey.bench.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.latchkey.bench.load.LatencyHistogram;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultBinary;
import dev.latchkey.v1.Credential;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ReadsTest {

  @Test
  void aValueConfirmedBeforeTheReadWasSentIsAHit() {
    assertThat(ReadsWithAgent.isHit(read(7, 1_000_001), 7, 1_000_000)).isTrue();
  }

  @Test
  void aValueConfirmedDuringTheReadIsAMiss() {
    assertThat(ReadsWithAgent.isHit(read(7, 1_000_000), 7, 1_000_000)).isFalse();
    assertThat(ReadsWithAgent.isHit(read(7, 0), 7, 1_000_000)).isFalse();
  }

  @Test
  void aStaleOrWrongValueIsNeither() {
    assertThatThrownBy(() -> ReadsWithAgent.isHit(read(8, 1), 7, 0))
        .isInstanceOf(IllegalStateException.class);
    Credential stale = read(7, 1).toBuilder().setStale(true).build();
    assertThatThrownBy(() -> ReadsWithAgent.isHit(stale, 7, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void countsHitsAndSavedCallsInPercent() {
    assertThat(new Reads(200, 199, 1, new LatencyHistogram()).hitPercent()).isEqualTo(99.5);
    assertThat(Reads.savedPercent(5, 100)).isEqualTo(95);
    assertThat(Reads.savedPercent(200, 100)).isEqualTo(-100);
  }

  @Test
  @Timeout(120)
  void readsStraightFromARealVault(@TempDir Path directory) throws Exception {
    VaultBinary binary = RealVault.binary();
    try (KeptVault vault = KeptVault.start(binary, directory, 3)) {
      int[] sequence = {0, 1, 2, 1, 0};

      Reads reads = new ReadsWithoutAgent(vault.address(), vault.token(), sequence).measure();

      assertThat(reads.reads()).isEqualTo(5);
      assertThat(reads.latencies().count()).isEqualTo(5);
      assertThat(vault.requests()).as("not by the way of the agent").isZero();
      assertThatThrownBy(
              () -> new ReadsWithoutAgent(vault.address(), vault.token(), new int[] {3}).measure())
          .hasMessageContaining("under load");
    }
  }

  private static Credential read(int secret, int ageNanos) {
    return Credential.newBuilder()
        .setName(KeptVault.path(secret))
        .putFields("value", ByteString.copyFromUtf8(KeptVault.value(secret)))
        .setAge(Duration.newBuilder().setNanos(ageNanos))
        .build();
  }
}
