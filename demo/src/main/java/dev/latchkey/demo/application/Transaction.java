package dev.latchkey.demo.application;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/** A piece of the application's work. */
sealed interface Transaction {

  /** The work of one transaction on a connection in auto-commit mode, which it leaves so. */
  Done run(Connection connection) throws SQLException;

  /**
   * What a transaction saw and did.
   *
   * @param session who the server says was served; the same from the first statement to the last
   * @param queries how many statements it sent, without those that begin and end it
   * @param transfers how many transfers it committed
   */
  record Done(Session session, int queries, int transfers) {}

  /** A login role and the server's process that serves it. */
  record Session(String user, int pid) {}

  /** One statement that takes {@code length} and changes nothing. */
  record Lookup(Duration length) implements Transaction {

    private static final String SQL =
        "SELECT session_user, pg_backend_pid(), pg_sleep(?),"
            + " (SELECT amount FROM ledger ORDER BY entry DESC LIMIT 1)";

    @Override
    public Done run(Connection connection) throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(SQL)) {
        statement.setDouble(1, seconds(length));
        return new Done(session(statement), 1, 0);
      }
    }
  }

  /**
   * A debit and a credit of {@code amount} in one transaction that is held open for {@code length}
   * between them.
   *
   * @param transfer unguessed by others, so that its two entries can be found again
   */
  record Transfer(String transfer, int amount, Duration length) implements Transaction {

    private static final String ENTRY =
        "INSERT INTO ledger (transfer, amount) VALUES (?::uuid, ?)"
            + " RETURNING session_user, pg_backend_pid()";

    @Override
    public Done run(Connection connection) throws SQLException {
      connection.setAutoCommit(false);
      try {
        Session first = enter(connection, -amount);
        hold(connection);
        Session last = enter(connection, amount);
        if (!first.equals(last)) {
          throw new SQLException("one transaction ran as " + first + " and as " + last, "XX000");
        }
        connection.commit();
        return new Done(first, 3, 1);
      } catch (SQLException | RuntimeException | Error failed) {
        rollBack(connection, failed);
        throw failed;
      } finally {
        if (!connection.isClosed()) {
          connection.setAutoCommit(true);
        }
      }
    }

    private Session enter(Connection connection, int signed) throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(ENTRY)) {
        statement.setString(1, transfer);
        statement.setInt(2, signed);
        return session(statement);
      }
    }

    private void hold(Connection connection) throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement("SELECT pg_sleep(?)")) {
        statement.setDouble(1, seconds(length));
        statement.execute();
      }
    }

    private static void rollBack(Connection connection, Throwable failed) {
      try {
        connection.rollback();
      } catch (SQLException alsoFailed) {
        failed.addSuppressed(alsoFailed);
      }
    }
  }

  private static Session session(PreparedStatement statement) throws SQLException {
    try (ResultSet result = statement.executeQuery()) {
      result.next();
      return new Session(result.getString(1), result.getInt(2));
    }
  }

  private static double seconds(Duration length) {
    return length.toNanos() / 1e9;
  }
}
