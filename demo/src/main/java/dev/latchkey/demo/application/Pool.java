package dev.latchkey.demo.application;

import java.sql.Connection;
import java.sql.SQLException;

/** Where the application gets its connections. Safe for use by several threads. */
public interface Pool extends AutoCloseable {

  /** A connection in auto-commit mode; closing it gives it back. */
  Connection take() throws SQLException;

  @Override
  void close();
}
