package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.inject.ReloadStore;
import dev.latchkey.agent.store.Transaction;
import java.util.HashSet;
import java.util.Set;

/** The deliveries whose program is still to be told, as rows. */
final class SqliteReloadStore implements ReloadStore {

  @Override
  public Set<String> due(Transaction transaction) {
    return new HashSet<>(
        SqliteTransaction.sql(transaction, "SELECT delivery FROM reload_due")
            .list(row -> row.text("delivery")));
  }

  @Override
  public void mark(Transaction transaction, String delivery) {
    SqliteTransaction.sql(transaction, "INSERT OR IGNORE INTO reload_due (delivery) VALUES (?)")
        .with(delivery)
        .update();
  }

  @Override
  public void clear(Transaction transaction, String delivery) {
    SqliteTransaction.sql(transaction, "DELETE FROM reload_due WHERE delivery = ?")
        .with(delivery)
        .update();
  }
}
