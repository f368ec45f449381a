package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.rotation.RotationStore;
import dev.latchkey.agent.rotation.RotationStoreContract;
import dev.latchkey.agent.store.Transaction;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
}
