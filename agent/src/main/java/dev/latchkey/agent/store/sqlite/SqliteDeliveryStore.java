package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.inject.DeliveryState.Condition;
import dev.latchkey.agent.inject.DeliveryStore;
import dev.latchkey.agent.inject.Kept;
import dev.latchkey.agent.store.Transaction;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What is kept of deliveries, as a row each. */
final class SqliteDeliveryStore implements DeliveryStore {

  @Override
  public Map<String, Kept> all(Transaction transaction) {
    Map<String, Kept> all = new HashMap<>();
    SqliteTransaction.sql(
            transaction, "SELECT name, path, condition, reload_due, revoked FROM file_delivery")
        .each(row -> all.put(row.text("name"), kept(row)));
    return all;
  }

  private static Kept kept(Row row) {
    return new Kept(
        Path.of(row.text("path")),
        Condition.valueOf(row.text("condition")),
        row.flag("reload_due"),
        row.flag("revoked"));
  }

  @Override
  public void keep(Transaction transaction, String delivery, Kept kept) {
    SqliteTransaction.sql(
            transaction,
            """
            INSERT OR REPLACE INTO file_delivery (name, path, condition, reload_due, revoked)
            VALUES (?, ?, ?, ?, ?)
            """)
        .with(delivery)
        .with(kept.path().toString())
        .with(kept.condition().name())
        .with(kept.reloadDue())
        .with(kept.revoked())
        .update();
  }
}
