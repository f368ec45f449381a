package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.inject.ReloadStore;
import dev.latchkey.agent.inject.ReloadStoreContract;
import dev.latchkey.agent.store.Transaction;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteReloadStoreTest extends ReloadStoreContract {

  @TempDir Path directory;

  private OpenedStore world;

  @BeforeEach
  void open() {
    world = OpenedStore.open(directory.resolve("state"));
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Override
  protected ReloadStore store() {
    return world.store().reloads();
  }

  @Override
  protected Transaction.Runner transactions() {
    return world.store();
  }
}
