package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.lease.LeaseStore;
import dev.latchkey.agent.lease.LeaseStoreContract;
import dev.latchkey.agent.store.Transaction;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteLeaseStoreTest extends LeaseStoreContract {

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
  protected LeaseStore store() {
    return opened.store().leases();
  }
}
