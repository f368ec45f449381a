package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.inject.DeliveryStore;
import dev.latchkey.agent.inject.DeliveryStoreContract;
import dev.latchkey.agent.store.Transaction;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteDeliveryStoreTest extends DeliveryStoreContract {

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
  protected DeliveryStore store() {
    return world.store().deliveries();
  }

  @Override
  protected Transaction.Runner transactions() {
    return world.store();
  }
}
