package dev.latchkey.agent.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.audit.AuditVerification;
import dev.latchkey.agent.audit.ChainedAuditLog;
import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.consumer.DurableHolders;
import dev.latchkey.agent.crypto.StateKey;
import dev.latchkey.agent.current.VersionStore;
import dev.latchkey.agent.rotation.RotationKind;
import dev.latchkey.agent.rotation.RotationRecord;
import dev.latchkey.agent.rotation.RotationStep;
import dev.latchkey.agent.rotation.RotationStore;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.time.FakeTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {

  private static final SecretName NAME = new SecretName("orders-db");
  private static final String MARKER = "marker-51c0ffee";

  private static final Instant LATER = States.NOW.plus(Duration.ofDays(3));

  @TempDir Path temporary;

  private Path copy() {
    return temporary.resolve("copy.db");
  }

  private static void put(SqliteStore store, long version) {
    store.run(
        transaction ->
            store
                .versions()
                .write(
                    transaction,
                    States.state(store.epoch(), NAME, version, MARKER + version),
                    States.NOW,
                    true));
  }

  private static Optional<SecretState> current(SqliteStore store) {
    return store
        .call(transaction -> store.versions().current(transaction, NAME))
        .map(VersionStore.Stored::state);
  }

  private Epoch backUpVersion(long version) {
    try (OpenedStore opened = OpenedStore.open(temporary.resolve("state"))) {
      put(opened.store(), version);
      opened.store().backup().backup(copy());
      return opened.store().epoch();
    }
  }

  private Epoch restore(Path directory, StateKey key) {
    try (StateDirectory locked = StateDirectory.open(directory)) {
      return SqliteRestore.restore(copy(), locked, salt -> key, new SecureRandom(), LATER);
    }
  }

  @Test
  void aCopyTakenWhileOthersWriteIsConsistentPrivateAndSealed() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(5);
    try (OpenedStore opened = OpenedStore.open(temporary.resolve("state"))) {
      Thread writer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (long version = 1; !done.get(); version++) {
                      put(opened.store(), version);
                      begun.countDown();
                    }
                  });
      begun.await();
      long size = opened.store().backup().backup(copy());
      done.set(true);
      writer.join();
      assertThat(Files.size(copy())).isEqualTo(size).isPositive();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy())))
        .isEqualTo("rw-------");
    assertThat(new String(Files.readAllBytes(copy()), StandardCharsets.ISO_8859_1))
        .doesNotContain(MARKER);
    restore(temporary.resolve("restored"), OpenedStore.key(1));
    try (OpenedStore restored = OpenedStore.open(temporary.resolve("restored"))) {
      SecretState state = current(restored.store()).orElseThrow();
      assertThat(state.id().version()).isGreaterThanOrEqualTo(5);
      assertThat(state.content())
          .isEqualTo(
              States.state(restored.store().epoch(), NAME, 1, MARKER + state.id().version())
                  .content());
    }
  }

  @Test
  void aRestoreBeginsANewEpochAndKeepsTheVersions() {
    Epoch before = backUpVersion(1);
    Path directory = temporary.resolve("restored");
    Epoch after = restore(directory, OpenedStore.key(1));
    assertThat(after).isNotEqualTo(before);
    try (OpenedStore restored = OpenedStore.open(directory)) {
      assertThat(restored.store().epoch()).isEqualTo(after);
      assertThat(current(restored.store())).contains(States.state(after, NAME, 1, MARKER + 1));
    }
  }

  @Test
  void aFileThatExistsIsNotOverwritten() throws IOException {
    Files.writeString(copy(), "precious");
    assertThatThrownBy(() -> backUpVersion(1))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("exists already");
    assertThat(copy()).hasContent("precious");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("state", "copy.db");
    }
  }

  @Test
  void aDirectoryWithAStoreIsNotRestoredInto() {
    backUpVersion(1);
    assertThatThrownBy(() -> restore(temporary.resolve("state"), OpenedStore.key(1)))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("holds a state store already");
  }

  @Test
  void theWriteAheadLogOfAKilledAgentIsNeverReplayedOverARestoredStore() throws Exception {
    Path directory = temporary.resolve("state");
    backUpVersion(1);
    Files.move(directory.resolve("state.db"), temporary.resolve("state.db.bad"));
    for (String left : List.of("state.db-wal", "state.db-shm", "state.db-journal")) {
      Path rest = Files.writeString(directory.resolve(left), "of the earlier store");
      assertThatThrownBy(() -> restore(directory, OpenedStore.key(1)))
          .isInstanceOf(SecretException.class)
          .hasMessageContaining(rest.toString())
          .hasMessageContaining("move that away");
      assertThat(rest).hasContent("of the earlier store");
      Files.delete(rest);
    }
    Epoch after = restore(directory, OpenedStore.key(1));
    try (OpenedStore restored = OpenedStore.open(directory)) {
      assertThat(restored.store().epoch()).isEqualTo(after);
    }
  }

  @Test
  void aRestoreBesideARunningAgentIsRefused() {
    backUpVersion(1);
    try (OpenedStore running = OpenedStore.open(temporary.resolve("state"))) {
      assertThat(running.store().epoch()).isNotNull();
      assertThatThrownBy(() -> restore(temporary.resolve("state"), OpenedStore.key(1)))
          .isInstanceOf(SecretException.class)
          .hasMessageContaining("another agent uses");
    }
  }

  @Test
  void anotherStateKeyRestoresNothing() throws IOException {
    backUpVersion(1);
    assertRestoresNothing(OpenedStore.key(2), "not the one that this state store is sealed");
  }

  @Test
  void whatIsNoBackupRestoresNothing() throws IOException {
    Files.writeString(copy(), "this is not a database at all".repeat(100));
    assertRestoresNothing(OpenedStore.key(1), "");
    Files.writeString(copy(), "");
    assertRestoresNothing(OpenedStore.key(1), "no backup");
  }

  @Test
  void aBackupWhoseAuditWasTamperedWithRestoresNothing() throws Exception {
    backUpVersion(1);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy());
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM meta WHERE name = 'audit-head'");
    }
    assertRestoresNothing(OpenedStore.key(1), "the audit in the backup is broken at record 1");
  }

  @Test
  void aRestoreIsAppendedToTheAuditWithItsEpoch() {
    backUpVersion(1);
    Path directory = temporary.resolve("restored");
    Epoch epoch = restore(directory, OpenedStore.key(1));
    assertThat(OfflineAudit.verify(directory, salt -> OpenedStore.key(1)))
        .isEqualTo(new AuditVerification.Intact(1));
    try (OpenedStore restored = OpenedStore.open(directory);
        ChainedAuditLog log = log(restored.store())) {
      assertThat(log.read(0, 10))
          .singleElement()
          .satisfies(
              entry -> {
                assertThat(entry.record().operation()).isEqualTo("state.restore");
                assertThat(entry.record().at()).isEqualTo(LATER);
                assertThat(entry.record().detail()).contains(epoch.id());
              });
    }
  }

  private static ChainedAuditLog log(SqliteStore store) {
    FakeTime time = new FakeTime();
    return new ChainedAuditLog(
        store,
        store.audit(),
        store.sealer(),
        store.auditKey(),
        time,
        time,
        ChainedAuditLog.WhenFull.DENY,
        10);
  }

  @Test
  void anOverlapThatEndedSinceTheBackupBeginsAnewWithTheRestore() {
    Duration overlap = Duration.ofMinutes(10);
    try (OpenedStore opened = OpenedStore.open(temporary.resolve("state"))) {
      SqliteStore store = opened.store();
      store.run(
          transaction -> {
            RotationStore rotations = store.rotations();
            rotations.save(transaction, draining("orders-db", RotationStep.PUBLISHED, overlap));
            rotations.save(transaction, draining("billing-db", RotationStep.DRAINED, overlap));
          });
      store.backup().backup(copy());
    }
    Path directory = temporary.resolve("restored");
    restore(directory, OpenedStore.key(1));
    try (OpenedStore restored = OpenedStore.open(directory)) {
      SqliteStore store = restored.store();
      for (String name : List.of("orders-db", "billing-db")) {
        SecretName secret = new SecretName(name);
        List<RotationRecord> open = store.call(t -> store.rotations().open(t, secret));
        assertThat(open)
            .singleElement()
            .satisfies(
                row -> {
                  assertThat(row.step()).isEqualTo(RotationStep.PUBLISHED);
                  assertThat(row.publishedAt()).contains(LATER);
                  assertThat(row.retireAt()).contains(LATER.plus(overlap));
                });
      }
      DurableHolders holders = new DurableHolders(store.holders(), store, new SecureRandom());
      holders.start();
      assertThat(holders.allAcknowledged(NAME, 4)).isFalse();
      holders.retire(NAME, 4);
      assertThat(holders.allAcknowledged(NAME, 4)).isTrue();
    }
  }

  private static RotationRecord draining(String name, RotationStep step, Duration overlap) {
    return new RotationRecord(
        "rotation of " + name,
        new SecretName(name),
        RotationKind.ROTATE,
        step,
        "orders_b",
        Optional.empty(),
        "orders_a",
        3,
        4,
        0,
        "",
        "uid 0",
        States.NOW,
        States.NOW,
        Optional.of(States.NOW),
        Optional.of(States.NOW.plus(overlap)),
        0,
        "");
  }

  private void assertRestoresNothing(StateKey key, String message) throws IOException {
    Path directory = temporary.resolve("restored");
    assertThatThrownBy(() -> restore(directory, key))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining(message);
    assertEmpty(directory);
  }

  private static void assertEmpty(Path directory) throws IOException {
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left.map(file -> file.getFileName().toString())).containsExactly("lock");
    }
  }
}
