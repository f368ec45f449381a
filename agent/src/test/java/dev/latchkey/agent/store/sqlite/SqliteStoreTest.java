package dev.latchkey.agent.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.crypto.StateKeyReader;
import dev.latchkey.agent.crypto.StateKeySource;
import dev.latchkey.agent.current.VersionStore;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest {

  private static final SecretName NAME = new SecretName("orders-db");

  @TempDir Path temporary;

  private Path state() {
    return temporary.resolve("state");
  }

  private static void put(SqliteStore store, long version, String value) {
    store.run(
        transaction ->
            store
                .versions()
                .write(
                    transaction,
                    States.state(store.epoch(), NAME, version, value),
                    States.NOW,
                    true));
  }

  private static Optional<VersionStore.Stored> current(SqliteStore store) {
    return store.call(transaction -> store.versions().current(transaction, NAME));
  }

  private static long currentVersion(SqliteStore store) {
    return current(store).orElseThrow().state().id().version();
  }

  @Test
  void whatWasCommittedIsThereAfterReopening() {
    Epoch epoch;
    try (OpenedStore opened = OpenedStore.open(state())) {
      epoch = opened.store().epoch();
      put(opened.store(), 1, "first");
    }
    try (OpenedStore opened = OpenedStore.open(state())) {
      assertThat(opened.store().epoch()).isEqualTo(epoch);
      assertThat(current(opened.store()))
          .contains(new VersionStore.Stored(States.state(epoch, NAME, 1, "first"), States.NOW));
    }
  }

  @Test
  void aUnitOfWorkThatThrowsLeavesNothing() {
    try (OpenedStore opened = OpenedStore.open(state())) {
      SqliteStore store = opened.store();
      assertThatThrownBy(
              () ->
                  store.run(
                      transaction -> {
                        store
                            .versions()
                            .write(
                                transaction,
                                States.state(store.epoch(), NAME, 1, "lost"),
                                States.NOW,
                                true);
                        throw new IllegalStateException("on purpose");
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("on purpose");
      assertThat(current(store)).isEmpty();
    }
  }

  @Test
  void aTransactionIsOfNoUseOnceItIsOver() {
    try (OpenedStore opened = OpenedStore.open(state())) {
      SqliteStore store = opened.store();
      List<Transaction> kept = new ArrayList<>();
      store.run(kept::add);
      assertThatThrownBy(() -> store.keyrings().all(kept.getFirst()))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> store.keyrings().all(new Transaction() {}))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aUnitOfWorkInsideAnotherIsRefusedRatherThanWaitedFor() {
    try (OpenedStore opened = OpenedStore.open(state())) {
      SqliteStore store = opened.store();
      assertThatThrownBy(() -> store.run(outer -> store.run(inner -> {})))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("begins no other");
    }
  }

  @Test
  void aClosedStoreIsUnavailable() {
    SqliteStore store;
    try (OpenedStore opened = OpenedStore.open(state())) {
      store = opened.store();
    }
    assertThatThrownBy(() -> store.run(transaction -> {}))
        .isInstanceOfSatisfying(
            SecretException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
  }

  @Test
  void anotherStateKeyIsRefusedAtOpenAndChangesNothing() {
    try (OpenedStore opened = OpenedStore.open(state())) {
      put(opened.store(), 1, "first");
    }
    assertThatThrownBy(() -> OpenedStore.open(state(), OpenedStore.key(2)))
        .isInstanceOfSatisfying(
            SecretException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW);
              assertThat(e.safeMessage()).contains("not the one that this state store is sealed");
            });
    try (OpenedStore opened = OpenedStore.open(state())) {
      assertThat(currentVersion(opened.store())).isEqualTo(1);
    }
  }

  @Test
  void withoutAStateKeyTheShortestWaysToMakeOneAreSaid() {
    StateKeyReader reader = new StateKeyReader(name -> null);
    Path missing = temporary.resolve("state.key");
    try (StateDirectory directory = StateDirectory.open(state())) {
      assertThatThrownBy(
              () ->
                  SqliteStore.open(
                      directory,
                      salt -> reader.read(new StateKeySource.KeyFile(missing), salt),
                      new SecureRandom()))
          .isInstanceOf(SecretException.class)
          .hasMessageContaining(missing.toString())
          .hasMessageContaining("openssl rand -base64 32")
          .hasMessageContaining("--dev");
    }
  }

  @Test
  void aPassphraseOpensWhatItMade() throws IOException {
    Path file = temporary.resolve("passphrase");
    StateDirectory.createPrivate(file);
    Files.writeString(file, "correct horse battery staple\n");
    StateKeyReader reader = new StateKeyReader(name -> null);
    StateKeySource source = new StateKeySource.PassphraseFile(file);
    Epoch made;
    try (StateDirectory directory = StateDirectory.open(state());
        SqliteStore store =
            SqliteStore.open(directory, salt -> reader.read(source, salt), new SecureRandom())) {
      made = store.epoch();
    }
    try (StateDirectory directory = StateDirectory.open(state());
        SqliteStore store =
            SqliteStore.open(directory, salt -> reader.read(source, salt), new SecureRandom())) {
      assertThat(store.epoch()).isEqualTo(made);
    }
  }

  @Test
  void aSecondOpenerIsRefusedByTheLock() {
    try (OpenedStore opened = OpenedStore.open(state())) {
      assertThatThrownBy(() -> StateDirectory.open(state()))
          .isInstanceOf(SecretException.class)
          .hasMessageContaining("another agent uses the state directory");
      put(opened.store(), 1, "still works");
    }
  }

  @Test
  void theDirectoryAndEachFileAreTheOwnersAlone() throws IOException {
    try (OpenedStore opened = OpenedStore.open(state())) {
      put(opened.store(), 1, "first");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state())))
          .isEqualTo("rwx------");
      try (Stream<Path> files = Files.list(state())) {
        assertThat(files)
            .hasSizeGreaterThanOrEqualTo(3)
            .allSatisfy(
                file ->
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as(file.toString())
                        .isEqualTo("rw-------"));
      }
    }
  }

  @Test
  void aDirectoryThatOthersMayEnterIsRefused() throws IOException {
    Files.createDirectory(state());
    Files.setPosixFilePermissions(state(), PosixFilePermissions.fromString("rwxr-x---"));
    assertThatThrownBy(() -> StateDirectory.open(state()))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("chmod 700");
  }

  @Test
  void aMarkerSecretIsInNoStateFile() throws IOException {
    String marker = "marker-7f3a9c51";
    try (OpenedStore opened = OpenedStore.open(state())) {
      put(opened.store(), 1, marker);
      for (long version = 2; version < 40; version++) {
        put(opened.store(), version, marker + version);
      }
      assertNowhere(marker);
    }
    assertNowhere(marker);
  }

  private void assertNowhere(String marker) throws IOException {
    try (Stream<Path> files = Files.list(state())) {
      for (Path file : files.toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(marker);
      }
    }
  }

  @Test
  void aValueMovedToAnotherVersionIsNotOpened() throws SQLException {
    try (OpenedStore opened = OpenedStore.open(state())) {
      put(opened.store(), 1, "first");
      put(opened.store(), 2, "second");
    }
    tamper(
        "UPDATE version SET sealed_content = (SELECT sealed_content FROM version WHERE version = 1)"
            + " WHERE version = 2");
    try (OpenedStore opened = OpenedStore.open(state())) {
      assertThatThrownBy(() -> currentVersion(opened.store()))
          .isInstanceOf(SecretException.class)
          .hasMessageContaining("version/orders-db/2")
          .hasMessageNotContaining("first");
    }
  }

  @Test
  void aFullDiskIsUnavailableAndLosesNothing() throws SQLException {
    try (OpenedStore opened = OpenedStore.open(state())) {
      SqliteStore store = opened.store();
      put(store, 1, "kept");
      store.run(
          transaction ->
              SqliteTransaction.sql(transaction, "PRAGMA max_page_count = 1").list(row -> row));
      assertThatThrownBy(() -> put(store, 2, "x".repeat(1_000_000)))
          .isInstanceOfSatisfying(
              SecretException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE);
                assertThat(e.safeMessage()).contains("disk is full").doesNotContain("xxx");
              });
      assertThat(currentVersion(store)).isEqualTo(1);
      store.run(
          transaction ->
              SqliteTransaction.sql(transaction, "PRAGMA max_page_count = 1000000")
                  .list(row -> row));
      put(store, 2, "y".repeat(1_000_000));
      assertThat(currentVersion(store)).isEqualTo(2);
    }
  }

  @Test
  void theNewestVersionsAreKeptAndThoseStillNeeded() {
    try (OpenedStore opened = OpenedStore.open(state())) {
      SqliteStore store = opened.store();
      for (long version = 1; version <= 50; version++) {
        put(store, version, "value " + version);
        if (version == 7) {
          store.run(
              transaction ->
                  store
                      .versions()
                      .keepRequest(
                          transaction, "request", States.state(store.epoch(), NAME, 7, "any")));
        }
      }
      List<Long> kept =
          store.call(transaction -> store.versions().history(transaction, NAME, 100)).stream()
              .map(state -> state.id().version())
              .toList();
      assertThat(kept)
          .hasSize(SqliteVersionStore.KEPT_VERSIONS + 1)
          .startsWith(50L, 49L)
          .endsWith(31L, 7L);
    }
  }

  private void tamper(String sql) throws SQLException {
    try (Connection connection = SqliteFile.openForWriting(StateDirectory.database(state()));
        java.sql.Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }
}
