package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.consumer.Holder;
import dev.latchkey.agent.consumer.HolderStore;
import dev.latchkey.agent.consumer.Holding;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Holdings and subscriptions as rows. Of the subscriptions that hold nothing the newest {@value
 * #KEPT_SUBSCRIPTIONS} are kept; one that holds something stays until that is retired.
 */
final class SqliteHolderStore implements HolderStore {

  static final int KEPT_SUBSCRIPTIONS = 10_000;

  @Override
  public void deliver(Transaction transaction, List<Holding> holdings) {
    for (Holding holding : holdings) {
      SqliteTransaction.sql(
              transaction,
              "INSERT INTO holding (holder, kind, secret, version, acknowledged, acknowledges,"
                  + " identity) VALUES (?, ?, ?, ?, ?, ?, ?)"
                  + " ON CONFLICT (holder, kind, secret) DO UPDATE SET"
                  + " version = max(version, excluded.version),"
                  + " acknowledged = CASE WHEN excluded.version > version THEN acknowledged"
                  + " ELSE min(acknowledged, excluded.version) END,"
                  + " acknowledges = excluded.acknowledges, identity = excluded.identity")
          .with(holding.holder().id())
          .with(holding.holder().kind().name().toLowerCase(Locale.ROOT))
          .with(holding.secret().text())
          .with(holding.version())
          .with(holding.acknowledged())
          .with(holding.holder().acknowledges())
          .with(holding.identity())
          .update();
    }
  }

  @Override
  public void acknowledge(
      Transaction transaction, String holderId, SecretName secret, long version) {
    SqliteTransaction.sql(
            transaction,
            "UPDATE holding SET acknowledged = max(acknowledged, ?)"
                + " WHERE holder = ? AND secret = ?")
        .with(version)
        .with(holderId)
        .with(secret.text())
        .update();
  }

  @Override
  public List<Holding> all(Transaction transaction) {
    return SqliteTransaction.sql(transaction, "SELECT * FROM holding ORDER BY secret, holder, kind")
        .list(SqliteHolderStore::holding);
  }

  @Override
  public void forgetBefore(Transaction transaction, SecretName secret, long version) {
    SqliteTransaction.sql(transaction, "DELETE FROM holding WHERE secret = ? AND version < ?")
        .with(secret.text())
        .with(version)
        .update();
  }

  @Override
  public void open(
      Transaction transaction, String subscriptionId, Caller caller, boolean acknowledges) {
    SqliteTransaction.sql(
            transaction,
            "INSERT INTO subscription (id, uid, gid, acknowledges) VALUES (?, ?, ?, ?)")
        .with(subscriptionId)
        .with(caller.uid())
        .with(caller.gid())
        .with(acknowledges)
        .update();
    SqliteTransaction.sql(
            transaction,
            "DELETE FROM subscription WHERE place <= (SELECT max(place) FROM subscription) - "
                + KEPT_SUBSCRIPTIONS
                + " AND NOT EXISTS (SELECT 1 FROM holding WHERE holder = subscription.id)")
        .update();
  }

  @Override
  public Optional<Subscriber> subscriber(Transaction transaction, String subscriptionId) {
    return SqliteTransaction.sql(
            transaction, "SELECT uid, gid, acknowledges FROM subscription WHERE id = ?")
        .with(subscriptionId)
        .first(
            row ->
                new Subscriber(
                    Math.toIntExact(row.number("uid")),
                    Math.toIntExact(row.number("gid")),
                    row.flag("acknowledges")));
  }

  private static Holding holding(Row row) {
    Holder.Kind kind = Holder.Kind.valueOf(row.text("kind").toUpperCase(Locale.ROOT));
    return new Holding(
        new Holder(kind, row.text("holder"), row.flag("acknowledges")),
        new SecretName(row.text("secret")),
        row.number("version"),
        row.number("acknowledged"),
        row.text("identity"));
  }
}
