package dev.latchkey.agent.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.rotation.RotationRecord;
import dev.latchkey.agent.rotation.RotationStore;
import dev.latchkey.agent.rotation.RotationStoreContract;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteRotationStoreTest extends RotationStoreContract {

  @TempDir Path directory;

  private OpenedStore opened;

  @BeforeEach
  void open() {
    opened = OpenedStore.open(directory.resolve("state"));
  }

  @AfterEach
  void close() {
    opened.close();
  }

  @Override
  protected Transaction.Runner transactions() {
    return opened.store();
  }

  @Override
  protected RotationStore store() {
    return opened.store().rotations();
  }

  @Test
  void aSpoiledCandidateIsNoneAndHidesNoOtherRotation() {
    SecretName spoiled = new SecretName("orders-db");
    SecretName other = new SecretName("billing-db");
    RotationRecord before = planned("r1", spoiled);
    RotationRecord untouched = planned("r2", other);
    opened
        .store()
        .run(
            transaction -> {
              store().save(transaction, before);
              store().save(transaction, untouched);
              SqliteTransaction.sql(
                      transaction,
                      "UPDATE rotation SET sealed_candidate = zeroblob(60) WHERE id = 'r1'")
                  .update();
            });

    List<RotationRecord> open =
        opened.store().call(transaction -> store().open(transaction, spoiled));
    assertThat(open).singleElement().satisfies(row -> assertThat(row.candidate()).isEmpty());
    assertThat(open.getFirst().login()).isEqualTo(before.login());
    assertThat(opened.store().<List<RotationRecord>>call(t -> store().history(t, spoiled, 5)))
        .isEqualTo(open);
    assertThat(
            opened
                .store()
                .<Optional<RotationRecord>>call(
                    t -> store().byRequest(t, spoiled, before.requestId())))
        .contains(open.getFirst());
    assertThat(opened.store().<List<RotationRecord>>call(t -> store().open(t, other)))
        .containsExactly(untouched);
  }
}
