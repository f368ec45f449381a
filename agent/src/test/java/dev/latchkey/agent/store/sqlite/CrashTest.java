package dev.latchkey.agent.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.audit.AuditVerification;
import dev.latchkey.agent.secret.SecretState;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashTest {

  private static final int KILLS = 4;

  @TempDir Path temporary;

  private Path state() {
    return temporary.resolve("state");
  }

  @Test
  void everyAcknowledgedCommitOutlivesAKilledProcessAndTheChainIsWhole()
      throws IOException, InterruptedException {
    long version = 0;
    for (int kill = 1; kill <= KILLS; kill++) {
      long acknowledged = runAndKill(version, 30L * kill);
      version = assertKept(acknowledged);
      assertThat(OfflineAudit.verify(state(), salt -> OpenedStore.key(1)))
          .isEqualTo(new AuditVerification.Intact(version));
    }
  }

  /** Runs a process, kills it in the middle of its commits, and answers the last acknowledged. */
  private long runAndKill(long version, long commits) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Crasher.class.getName(),
                    state().toString(),
                    Long.toString(version)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long acknowledged = version;
    try (BufferedReader out = process.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith("acknowledged ")) {
          acknowledged = Long.parseLong(line.substring("acknowledged ".length()));
          if (acknowledged == version + commits) {
            // By its handle, which leaves its output open: what it still said was acknowledged too.
            process.toHandle().destroyForcibly();
          }
        }
      }
    }
    process.waitFor();
    assertThat(acknowledged).isGreaterThanOrEqualTo(version + commits);
    return acknowledged;
  }

  private long assertKept(long acknowledged) {
    try (OpenedStore opened = OpenedStore.open(state())) {
      SqliteStore store = opened.store();
      SecretState current =
          store
              .call(transaction -> store.versions().current(transaction, Crasher.NAME))
              .orElseThrow()
              .state();
      long version = current.id().version();
      assertThat(version).isBetween(acknowledged, acknowledged + 1);
      for (long each = version - 10; each <= version; each++) {
        long wanted = each;
        Optional<SecretState> kept =
            store.call(transaction -> store.versions().version(transaction, Crasher.NAME, wanted));
        assertThat(kept).contains(States.state(store.epoch(), Crasher.NAME, each, "value " + each));
      }
      return version;
    }
  }
}
