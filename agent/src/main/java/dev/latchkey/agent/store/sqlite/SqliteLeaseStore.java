package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.lease.Lease;
import dev.latchkey.agent.lease.LeaseStore;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The ledger as rows. A lease's id opens nothing, so it is kept in clear. */
final class SqliteLeaseStore implements LeaseStore {

  private static final String SAVE =
      "INSERT INTO lease (id, secret, backend, path, lease_id, stage, version, parent,"
          + " parent_ends_at, issued_at, expires_at, granted, extensible, retire_at)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (id) DO UPDATE SET lease_id = excluded.lease_id,"
          + " stage = excluded.stage, version = excluded.version,"
          + " parent_ends_at = excluded.parent_ends_at, issued_at = excluded.issued_at,"
          + " expires_at = excluded.expires_at, granted = excluded.granted,"
          + " extensible = excluded.extensible, retire_at = excluded.retire_at";

  @Override
  public void save(Transaction transaction, Lease lease) {
    SqliteTransaction.sql(transaction, SAVE)
        .with(lease.id())
        .with(lease.secret().text())
        .with(lease.backend())
        .with(lease.path())
        .with(lease.leaseId())
        .with(lease.stage().word())
        .with(lease.version())
        .with(lease.parent())
        .with(lease.parentEndsAt())
        .with(lease.issuedAt())
        .with(lease.expiresAt())
        .with(lease.granted().toNanos())
        .with(lease.extensible())
        .with(lease.retireAt())
        .update();
  }

  @Override
  public void parentEnds(Transaction transaction, String accessor, Optional<Instant> at) {
    SqliteTransaction.sql(transaction, "UPDATE lease SET parent_ends_at = ? WHERE parent = ?")
        .with(at)
        .with(accessor)
        .update();
  }

  @Override
  public void remove(Transaction transaction, String id) {
    SqliteTransaction.sql(transaction, "DELETE FROM lease WHERE id = ?").with(id).update();
  }

  @Override
  public List<Lease> all(Transaction transaction) {
    return SqliteTransaction.sql(transaction, "SELECT * FROM lease ORDER BY place")
        .list(SqliteLeaseStore::lease);
  }

  private static Lease lease(Row row) {
    return new Lease(
        row.text("id"),
        new SecretName(row.text("secret")),
        row.text("backend"),
        row.text("path"),
        row.text("lease_id"),
        Lease.Stage.valueOf(row.text("stage").toUpperCase(Locale.ROOT)),
        row.number("version"),
        row.text("parent"),
        row.maybeInstant("parent_ends_at"),
        row.instant("issued_at"),
        row.instant("expires_at"),
        Duration.ofNanos(row.number("granted")),
        row.flag("extensible"),
        row.maybeInstant("retire_at"));
  }
}
