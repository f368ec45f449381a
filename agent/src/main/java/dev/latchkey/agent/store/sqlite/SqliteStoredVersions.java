package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.StoredVersions;
import dev.latchkey.agent.crypto.Sealer;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.store.Transaction;
import java.util.List;
import java.util.Optional;

/** What the door wrote, as the local backend reads it: the path is the secret's name. */
final class SqliteStoredVersions implements StoredVersions {

  private final Transaction.Runner transactions;
  private final VersionRows rows;

  SqliteStoredVersions(Transaction.Runner transactions, Epoch epoch, Sealer sealer) {
    this.transactions = transactions;
    this.rows = new VersionRows(epoch, sealer);
  }

  @Override
  public Optional<BackendRead> newest(String path) {
    return transactions.call(
        transaction ->
            SqliteTransaction.sql(
                    transaction,
                    "SELECT * FROM version WHERE secret = ? ORDER BY version DESC LIMIT 1")
                .with(path)
                .first(row -> read(rows.state(row))));
  }

  @Override
  public Optional<BackendRead> version(String path, String version) {
    return transactions.call(
        transaction ->
            SqliteTransaction.sql(
                    transaction,
                    "SELECT * FROM version WHERE secret = ?1 AND (backend_version = ?2"
                        + " OR (backend_version = '' AND CAST(version AS TEXT) = ?2))"
                        + " ORDER BY version DESC LIMIT 1")
                .with(path)
                .with(version)
                .first(row -> read(rows.state(row))));
  }

  @Override
  public List<String> paths(String prefix, String after, int limit) {
    return transactions.call(
        transaction ->
            SqliteTransaction.sql(
                    transaction,
                    "SELECT name FROM secret WHERE name > ?1 AND name >= ?2"
                        + " AND substr(name, 1, length(?2)) = ?2 AND kept = 1"
                        + " ORDER BY name LIMIT ?3")
                .with(after)
                .with(prefix)
                .with(limit)
                .list(row -> row.text("name")));
  }

  private static BackendRead read(SecretState state) {
    String version =
        state.backendVersion().isEmpty()
            ? Long.toString(state.id().version())
            : state.backendVersion();
    return new BackendRead(state.content(), version, state.lifetime());
  }
}
