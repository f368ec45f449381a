package dev.latchkey.agent.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.crypto.StateKey;
import dev.latchkey.agent.current.VersionStore;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
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
      return SqliteRestore.restore(copy(), locked, salt -> key, new SecureRandom(), store -> {});
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
  void aRefusedInspectionRestoresNothing() throws IOException {
    backUpVersion(1);
    Path directory = temporary.resolve("restored");
    try (StateDirectory locked = StateDirectory.open(directory)) {
      assertThatThrownBy(
              () ->
                  SqliteRestore.restore(
                      copy(),
                      locked,
                      salt -> OpenedStore.key(1),
                      new SecureRandom(),
                      store -> {
                        throw new IllegalStateException("audit broken");
                      }))
          .hasMessage("audit broken");
    }
    assertEmpty(directory);
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
