package dev.latchkey.agent.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.current.VersionStore;
import dev.latchkey.agent.current.VersionStoreContract;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.store.Transaction;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteVersionStoreTest extends VersionStoreContract {

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
  protected VersionStore store() {
    return opened.store().versions();
  }

  @Test
  void aSpoiledValueIsLeftOutOfTheHistoryAndHidesNoOther() {
    SecretName name = new SecretName("spoiled");
    opened
        .store()
        .run(
            transaction -> {
              for (long version = 1; version <= 3; version++) {
                store()
                    .write(
                        transaction,
                        States.state(opened.store().epoch(), name, version, "value " + version),
                        States.NOW,
                        true);
              }
              SqliteTransaction.sql(
                      transaction,
                      "UPDATE version SET sealed_content = zeroblob(60) WHERE version = 2")
                  .update();
            });

    List<SecretState> history =
        opened.store().call(transaction -> store().history(transaction, name, 3));
    assertThat(history).extracting(state -> state.id().version()).containsExactly(3L, 1L);
    assertThatThrownBy(
            () -> opened.store().run(transaction -> store().version(transaction, name, 2)))
        .isInstanceOf(SecretException.class);
  }
}
