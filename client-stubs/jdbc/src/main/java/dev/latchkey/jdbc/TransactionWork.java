package dev.latchkey.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * What {@link RotatingDataSource#inTransaction} runs. It may be run more than once, each time in a
 * transaction of its own after the one before was undone, so it must do nothing outside the
 * transaction that may not be done twice.
 *
 * @param <T> what it returns
 */
@FunctionalInterface
public interface TransactionWork<T> {

  /**
   * Works on {@code connection}, which is in a transaction; must not commit, roll back or close it.
   */
  T run(Connection connection) throws SQLException;
}
