package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.consumer.HolderStore;
import dev.latchkey.agent.consumer.HolderStoreContract;
import dev.latchkey.agent.store.Transaction;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteHolderStoreTest extends HolderStoreContract {

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
  protected HolderStore store() {
    return opened.store().holders();
  }
}
