package dev.latchkey.agent.store.sqlite;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One prepared statement with its arguments, in the order of its question marks. Used once, on the
 * store's thread; what fails is a {@link StoreFailure}.
 */
final class Statement {

  private final PreparedStatement prepared;
  private int next = 1;

  Statement(PreparedStatement prepared) {
    this.prepared = prepared;
  }

  Statement with(String text) {
    return bind(index -> prepared.setString(index, text));
  }

  Statement with(long number) {
    return bind(index -> prepared.setLong(index, number));
  }

  Statement with(boolean flag) {
    return with(flag ? 1L : 0L);
  }

  Statement with(byte @Nullable [] bytes) {
    return bind(index -> prepared.setBytes(index, bytes));
  }

  Statement with(Instant instant) {
    return with(Instants.toNanos(instant));
  }

  Statement with(Optional<Instant> instant) {
    return instant
        .map(this::with)
        .orElseGet(() -> bind(index -> prepared.setNull(index, Types.INTEGER)));
  }

  /** Changes rows; answers how many. */
  int update() {
    try {
      return prepared.executeUpdate();
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  /** Reads every row. */
  <T> List<T> list(Function<Row, T> mapper) {
    List<T> found = new ArrayList<>();
    each(row -> found.add(mapper.apply(row)));
    return found;
  }

  /** Reads the first row. */
  <T> Optional<T> first(Function<Row, T> mapper) {
    return list(mapper).stream().findFirst();
  }

  /**
   * Hands over row after row without keeping any; {@code reader} must not run the same statement.
   */
  void each(Consumer<Row> reader) {
    try (ResultSet rows = prepared.executeQuery()) {
      Row row = new Row(rows);
      while (rows.next()) {
        reader.accept(row);
      }
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  private Statement bind(Binding binding) {
    try {
      binding.bind(next++);
      return this;
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  @FunctionalInterface
  private interface Binding {
    void bind(int index) throws SQLException;
  }
}
