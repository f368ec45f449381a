package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.store.Transaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** The unit of work under way on the one connection. Confined to the store's thread. */
final class SqliteTransaction implements Transaction {

  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private final long owner;
  private final String begin;
  private boolean open;

  /** Belongs to the calling thread, which is the store's; {@code begin} is SQL. */
  SqliteTransaction(Connection connection, String begin) {
    this.connection = connection;
    this.begin = begin;
    this.owner = Thread.currentThread().threadId();
  }

  /** A statement inside {@code transaction}, which must be this store's and under way. */
  static Statement sql(Transaction transaction, String text) {
    if (transaction instanceof SqliteTransaction sqlite) {
      return sqlite.sql(text);
    }
    throw new IllegalArgumentException("the transaction is another store's");
  }

  private Statement sql(String text) {
    if (!open || !isMine()) {
      throw new IllegalStateException("the transaction is over, or another thread's");
    }
    return new Statement(prepared.computeIfAbsent(text, this::prepare));
  }

  private PreparedStatement prepare(String text) {
    try {
      return connection.prepareStatement(text);
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  /** Whether the calling thread is the store's. */
  boolean isMine() {
    return Thread.currentThread().threadId() == owner;
  }

  void begin() {
    if (open) {
      throw new IllegalStateException("a transaction is under way");
    }
    execute(begin);
    open = true;
  }

  void commit() {
    execute("COMMIT");
    open = false;
  }

  /** Undoes everything; what SQLite itself has undone already is no failure. */
  void rollback() {
    open = false;
    forgetStatements();
    try {
      execute("ROLLBACK");
    } catch (StoreFailure alreadyUndone) {
      // After a full disk or an I/O error SQLite has rolled back by itself.
      return;
    }
  }

  /** The driver ends a statement that failed; a kept one would fail for ever. */
  private void forgetStatements() {
    prepared.values().forEach(SqliteTransaction::end);
    prepared.clear();
  }

  private static void end(PreparedStatement statement) {
    try {
      statement.close();
    } catch (SQLException e) {
      // It is forgotten in any case.
      return;
    }
  }

  private void execute(String text) {
    try (java.sql.Statement statement = connection.createStatement()) {
      statement.execute(text);
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }
}
