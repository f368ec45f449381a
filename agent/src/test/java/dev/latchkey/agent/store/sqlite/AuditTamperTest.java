package dev.latchkey.agent.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.audit.AuditVerification;
import dev.latchkey.agent.audit.AuditVerifier;
import dev.latchkey.agent.audit.ChainedAuditLog;
import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.store.Transaction;
import dev.latchkey.agent.time.FakeTime;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Edits the audit behind the agent's back, and verifies it as {@code latchkey audit verify} does.
 */
class AuditTamperTest {

  private static final int RECORDS = 5;

  @TempDir Path temporary;

  private Path state() {
    return temporary.resolve("state");
  }

  @BeforeEach
  void writeFiveRecords() {
    inLog(
        (log, transaction) -> {
          for (int i = 1; i <= RECORDS; i++) {
            log.change(transaction, record("secret-" + i));
          }
        });
  }

  private interface Work {
    void with(ChainedAuditLog log, Transaction transaction);
  }

  private void inLog(Work work) {
    try (OpenedStore opened = OpenedStore.open(state())) {
      SqliteStore store = opened.store();
      FakeTime time = new FakeTime();
      try (ChainedAuditLog log =
          new ChainedAuditLog(
              store,
              store.audit(),
              store.sealer(),
              store.auditKey(),
              time,
              time,
              ChainedAuditLog.WhenFull.DENY,
              100)) {
        store.run(transaction -> work.with(log, transaction));
      }
    }
  }

  private static AuditRecord record(String secret) {
    return new AuditRecord(States.NOW, "agent", "put", secret, 1, AuditRecord.Outcome.DONE, "", "");
  }

  private AuditVerification verify() {
    return OfflineAudit.verify(state(), salt -> OpenedStore.key(1));
  }

  @Test
  void whatNobodyTouchedIsIntact() {
    assertThat(verify()).isEqualTo(new AuditVerification.Intact(RECORDS));
  }

  @Test
  void whatARolledBackTransactionWroteIsNotInTheChain() {
    try {
      inLog(
          (log, transaction) -> {
            log.change(transaction, record("lost"));
            throw new IllegalStateException("on purpose");
          });
    } catch (IllegalStateException onPurpose) {
      assertThat(onPurpose).hasMessage("on purpose");
    }
    assertThat(verify()).isEqualTo(new AuditVerification.Intact(RECORDS));
    inLog((log, transaction) -> log.change(transaction, record("kept")));
    assertThat(verify()).isEqualTo(new AuditVerification.Intact(RECORDS + 1));
  }

  @Test
  void theChainIsVerifiedWhileTheAgentRuns() {
    inLog((log, transaction) -> log.change(transaction, record("more")));
    try (OpenedStore opened = OpenedStore.open(state())) {
      assertThat(opened.store().epoch()).isNotNull();
      assertThat(verify()).isEqualTo(new AuditVerification.Intact(RECORDS + 1));
    }
  }

  @Test
  void eachFlippedByteOfEachRowIsFoundAndItsRecordNamed() {
    int flipped = 0;
    try (OpenedStore opened = OpenedStore.open(state())) {
      for (int sequence = 1; sequence <= RECORDS; sequence++) {
        for (String column : List.of("record", "tag", "mac")) {
          flipped += flipEach(opened.store(), sequence, column);
        }
      }
    }
    assertThat(flipped).isGreaterThan(RECORDS * 100);
    assertThat(verify()).isEqualTo(new AuditVerification.Intact(RECORDS));
  }

  /** Flips and mends each byte of a column inside one transaction; answers how many there were. */
  private static int flipEach(SqliteStore store, int sequence, String column) {
    AuditVerifier verifier = new AuditVerifier(store.audit(), store.sealer(), store.auditKey());
    String update = "UPDATE audit SET " + column + " = ? WHERE sequence = " + sequence;
    return store.call(
        transaction -> {
          byte[] original =
              SqliteTransaction.sql(transaction, "SELECT * FROM audit WHERE sequence = ?")
                  .with(sequence)
                  .first(row -> row.bytes(column))
                  .orElseThrow();
          for (int place = 0; place < original.length; place++) {
            byte[] changed = original.clone();
            changed[place] ^= 0x10;
            SqliteTransaction.sql(transaction, update).with(changed).update();
            assertThat(verifier.verify(transaction))
                .as("byte " + place + " of " + column + " of record " + sequence)
                .isEqualTo(new AuditVerification.Broken(RECORDS, sequence, "edited"));
          }
          SqliteTransaction.sql(transaction, update).with(original).update();
          return original.length;
        });
  }

  @Test
  void aFlippedByteIsFoundByTheOfflineVerification() {
    byte[] record = read("SELECT record FROM audit WHERE sequence = 3").getFirst();
    record[20] ^= 1;
    change("UPDATE audit SET record = ? WHERE sequence = 3", record);
    assertThat(verify()).isEqualTo(new AuditVerification.Broken(RECORDS, 3, "edited"));
  }

  @Test
  void eachFlippedByteOfTheHeadIsFound() {
    byte[] head = read("SELECT value FROM meta WHERE name = 'audit-head'").getFirst();
    for (int place = 0; place < head.length; place++) {
      byte[] changed = head.clone();
      changed[place] ^= 1;
      setHead(changed);
      assertThat(verify()).isEqualTo(new AuditVerification.Broken(RECORDS, RECORDS, "edited"));
    }
    setHead(head);
    assertThat(verify()).isEqualTo(new AuditVerification.Intact(RECORDS));
  }

  @Test
  void aRemovedRecordIsNamed() {
    sql("DELETE FROM audit WHERE sequence = 2");
    assertThat(verify()).isEqualTo(new AuditVerification.Broken(RECORDS - 1, 2, "removed"));
  }

  @Test
  void theWholeAuditRemovedWithItsHeadIsFoundAndNeverBegunAgain() {
    sql("DELETE FROM audit");
    sql("DELETE FROM meta WHERE name = 'audit-head'");
    assertThat(verify()).isEqualTo(new AuditVerification.Broken(0, 1, "removed"));
    assertThatThrownBy(() -> inLog((log, tx) -> log.change(tx, record("after"))))
        .hasMessageContaining("the head of the audit is gone");
    assertThat(verify()).isEqualTo(new AuditVerification.Broken(0, 1, "removed"));
  }

  @Test
  void anAuditKeyThatWasRemovedIsNotMadeAgain() {
    sql("DELETE FROM keyring WHERE name = 'internal:audit'");
    assertThatThrownBy(() -> OpenedStore.open(state())).hasMessageContaining("damaged");
    assertThatThrownBy(this::verify).hasMessageContaining("damaged");
  }

  @Test
  void aNewStoreHasASealedHeadBeforeItsFirstRecord() {
    Path fresh = temporary.resolve("fresh");
    OpenedStore.open(fresh).close();
    assertThat(OfflineAudit.verify(fresh, salt -> OpenedStore.key(1)))
        .isEqualTo(new AuditVerification.Intact(0));
  }

  @Test
  void aTruncatedChainIsNamed() {
    sql("DELETE FROM audit WHERE sequence >= 4");
    assertThat(verify()).isEqualTo(new AuditVerification.Broken(3, 4, "truncated"));
  }

  @Test
  void twoRecordsThatChangedPlacesAreNamed() {
    sql("UPDATE audit SET sequence = 99 WHERE sequence = 2");
    sql("UPDATE audit SET sequence = 2 WHERE sequence = 4");
    sql("UPDATE audit SET sequence = 4 WHERE sequence = 99");
    assertThat(verify()).isEqualTo(new AuditVerification.Broken(RECORDS, 2, "reordered"));
  }

  private void setHead(byte[] bytes) {
    change("UPDATE meta SET value = ? WHERE name = 'audit-head'", bytes);
  }

  private void sql(String text) {
    change(text, null);
  }

  private void change(String text, byte @Nullable [] bytes) {
    prepared(
        text,
        statement -> {
          try {
            if (bytes != null) {
              statement.setBytes(1, bytes);
            }
            assertThat(statement.executeUpdate()).isPositive();
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
  }

  private List<byte[]> read(String text) {
    List<byte[]> found = new ArrayList<>();
    prepared(
        text,
        statement -> {
          try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              found.add(rows.getBytes(1));
            }
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
    return found;
  }

  private void prepared(String text, Consumer<PreparedStatement> work) {
    try (Connection connection = SqliteFile.openForWriting(StateDirectory.database(state()));
        PreparedStatement statement = connection.prepareStatement(text)) {
      work.accept(statement);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
