package dev.latchkey.agent.store.sqlite;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** The row that a reading statement stands at; valid only inside the reader it is handed to. */
final class Row {

  private final ResultSet rows;

  Row(ResultSet rows) {
    this.rows = rows;
  }

  String text(String column) {
    return read(() -> rows.getString(column));
  }

  long number(String column) {
    return read(() -> rows.getLong(column));
  }

  boolean flag(String column) {
    return number(column) != 0;
  }

  byte[] bytes(String column) {
    return read(() -> rows.getBytes(column));
  }

  Optional<byte[]> maybeBytes(String column) {
    return read(() -> Optional.ofNullable(rows.getBytes(column)));
  }

  Instant instant(String column) {
    return Instants.ofNanos(number(column));
  }

  Optional<Instant> maybeInstant(String column) {
    long nanos = number(column);
    return read(rows::wasNull) ? Optional.empty() : Optional.of(Instants.ofNanos(nanos));
  }

  private static <T> T read(Reading<T> reading) {
    try {
      return reading.read();
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  @FunctionalInterface
  private interface Reading<T> {
    T read() throws SQLException;
  }
}
