package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.inject.DeliveryState.Condition;
import dev.latchkey.agent.inject.DeliveryStore;
import dev.latchkey.agent.inject.Kept;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What is kept of deliveries, as a row each, and one for each secret that was revoked. */
final class SqliteDeliveryStore implements DeliveryStore {

  @Override
  public Map<String, Kept> all(Transaction transaction) {
    Map<String, Set<SecretName>> revoked = revoked(transaction);
    Map<String, Kept> all = new HashMap<>();
    SqliteTransaction.sql(
            transaction, "SELECT name, path, condition, reload_due FROM file_delivery")
        .each(
            row ->
                all.put(
                    row.text("name"), kept(row, revoked.getOrDefault(row.text("name"), Set.of()))));
    return all;
  }

  private static Map<String, Set<SecretName>> revoked(Transaction transaction) {
    Map<String, Set<SecretName>> revoked = new HashMap<>();
    SqliteTransaction.sql(transaction, "SELECT delivery, secret FROM file_delivery_revoked")
        .each(
            row ->
                revoked
                    .computeIfAbsent(row.text("delivery"), none -> new HashSet<>())
                    .add(new SecretName(row.text("secret"))));
    return revoked;
  }

  private static Kept kept(Row row, Set<SecretName> revoked) {
    return new Kept(
        Path.of(row.text("path")),
        Condition.valueOf(row.text("condition")),
        row.flag("reload_due"),
        revoked);
  }

  @Override
  public void keep(Transaction transaction, String delivery, Kept kept) {
    SqliteTransaction.sql(
            transaction,
            """
            INSERT OR REPLACE INTO file_delivery (name, path, condition, reload_due)
            VALUES (?, ?, ?, ?)
            """)
        .with(delivery)
        .with(kept.path().toString())
        .with(kept.condition().name())
        .with(kept.reloadDue())
        .update();
    SqliteTransaction.sql(transaction, "DELETE FROM file_delivery_revoked WHERE delivery = ?")
        .with(delivery)
        .update();
    for (SecretName secret : kept.revoked()) {
      SqliteTransaction.sql(
              transaction, "INSERT INTO file_delivery_revoked (delivery, secret) VALUES (?, ?)")
          .with(delivery)
          .with(secret.text())
          .update();
    }
  }
}
