package dev.latchkey.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import javax.sql.DataSource;

/**
 * Runs work in a transaction, and from the start again when the connection is lost before the
 * commit is sent.
 *
 * <p>A connection lost while committing leaves the outcome unknown, so that is reported and never
 * retried.
 */
final class UnitOfWork {

  private final DataSource connections;
  private final int attempts;

  UnitOfWork(DataSource connections, int attempts) {
    this.connections = connections;
    this.attempts = attempts;
  }

  <T> T run(TransactionWork<T> work) throws SQLException {
    for (int attempt = 1; attempt < attempts; attempt++) {
      try {
        return once(work);
      } catch (ConnectionLost lost) {
        // Nothing of the attempt is left at the database: it begins anew on another connection.
      }
    }
    try {
      return once(work);
    } catch (ConnectionLost lost) {
      throw lost.asThrown();
    }
  }

  private <T> T once(TransactionWork<T> work) throws SQLException, ConnectionLost {
    Connection connection = connections.getConnection();
    try {
      T result = attempt(connection, work);
      commit(connection);
      return result;
    } finally {
      giveBack(connection);
    }
  }

  private static <T> T attempt(Connection connection, TransactionWork<T> work)
      throws SQLException, ConnectionLost {
    try {
      connection.setAutoCommit(false);
      return work.run(connection);
    } catch (SQLException | RuntimeException | Error e) {
      rollBack(connection, e);
      if (SqlStates.isConnectionLost(e)) {
        throw new ConnectionLost(e);
      }
      throw e;
    }
  }

  private static void commit(Connection connection) throws SQLException {
    try {
      connection.commit();
    } catch (SQLException e) {
      if (SqlStates.isConnectionLost(e)) {
        throw new SQLNonTransientConnectionException(
            "The connection was lost while committing; whether the transaction took effect is"
                + " unknown",
            SqlStates.OUTCOME_UNKNOWN,
            e);
      }
      rollBack(connection, e);
      throw e;
    }
  }

  private static void rollBack(Connection connection, Throwable because) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      because.addSuppressed(e);
    }
  }

  /**
   * What happens here changes nothing of the outcome: the pool drops a connection that it cannot
   * take back.
   */
  private static void giveBack(Connection connection) {
    try {
      connection.close();
    } catch (SQLException dropped) {
      // The pool has dropped it.
    }
  }

  /** The attempt is undone and may be made again. */
  private static final class ConnectionLost extends Exception {

    private static final long serialVersionUID = 1L;

    ConnectionLost(Throwable cause) {
      super(cause);
    }

    /** What the work threw, for the caller of the last attempt. */
    SQLException asThrown() {
      Throwable thrown = getCause();
      if (thrown instanceof SQLException sql) {
        return sql;
      }
      if (thrown instanceof RuntimeException runtime) {
        throw runtime;
      }
      if (thrown instanceof Error error) {
        throw error;
      }
      return new SQLException(thrown);
    }
  }
}
