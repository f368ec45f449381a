package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.audit.AuditStore;
import dev.latchkey.agent.store.Transaction;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The links of the audit chain as rows; the head among the store's own facts. */
final class SqliteAuditStore implements AuditStore {

  private static final String HEAD = "audit-head";

  @Override
  public void append(Transaction transaction, List<Link> links) {
    for (Link link : links) {
      SqliteTransaction.sql(
              transaction, "INSERT INTO audit (sequence, record, tag, mac) VALUES (?, ?, ?, ?)")
          .with(link.sequence())
          .with(link.record())
          .with(link.tag())
          .with(link.mac())
          .update();
    }
  }

  @Override
  public void read(Transaction transaction, long fromSequence, long limit, Consumer<Link> reader) {
    SqliteTransaction.sql(
            transaction,
            "SELECT sequence, record, tag, mac FROM audit WHERE sequence >= ?"
                + " ORDER BY sequence LIMIT ?")
        .with(fromSequence)
        .with(limit)
        .each(
            row ->
                reader.accept(
                    new Link(
                        row.number("sequence"),
                        row.bytes("record"),
                        row.bytes("tag"),
                        row.bytes("mac"))));
  }

  @Override
  public Optional<byte[]> head(Transaction transaction) {
    return SqliteTransaction.sql(transaction, "SELECT value FROM meta WHERE name = ?")
        .with(HEAD)
        .first(row -> row.bytes("value"));
  }

  @Override
  public void keepHead(Transaction transaction, byte[] sealed) {
    SqliteTransaction.sql(
            transaction,
            "INSERT INTO meta (name, value) VALUES (?, ?)"
                + " ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .with(HEAD)
        .with(sealed)
        .update();
  }
}
