package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The SQLite file: opened for one writer in WAL mode, every commit on the disk before it is
 * acknowledged, its tables brought up to date.
 */
final class SqliteFile {

  /** The number of the newest migration, which each migration sets as {@code user_version}. */
  static final int SCHEMA = 10;

  private static final Duration BUSY = Duration.ofSeconds(5);

  private SqliteFile() {}

  /** Opens {@code file} for writing, mode 0600, and migrates it. */
  static Connection openForWriting(Path file) {
    try {
      StateDirectory.createPrivate(file);
    } catch (IOException e) {
      throw SecretException.of(
          Reason.UNAVAILABLE, "the state store " + file + " cannot be made", e);
    }
    SQLiteDataSource source = source(file, false);
    try {
      migrate(source, file);
      return source.getConnection();
    } catch (SQLException e) {
      throw new StoreFailure(e).toSecretException();
    }
  }

  /** Opens {@code file} for reading beside a writer. */
  static Connection openForReading(Path file) {
    SQLiteDataSource source = source(file, true);
    try {
      refuseOtherSchema(source, file);
      return source.getConnection();
    } catch (SQLException e) {
      throw new StoreFailure(e).toSecretException();
    }
  }

  private static SQLiteDataSource source(Path file, boolean readOnly) {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(Math.toIntExact(BUSY.toMillis()));
    config.setReadOnly(readOnly);
    if (!readOnly) {
      config.setJournalMode(SQLiteConfig.JournalMode.WAL);
      config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    }
    config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "true");
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  private static void migrate(SQLiteDataSource source, Path file) throws SQLException {
    // Looking first spares every start but one the time that the migrator takes.
    if (schema(source) < SCHEMA) {
      Flyway.configure(SqliteFile.class.getClassLoader())
          .dataSource(source)
          .locations("classpath:dev/latchkey/agent/store/sqlite")
          .failOnMissingLocations(true)
          .load()
          .migrate();
    }
    refuseOtherSchema(source, file);
  }

  private static void refuseOtherSchema(SQLiteDataSource source, Path file) throws SQLException {
    int schema = schema(source);
    if (schema != SCHEMA) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "the state store "
              + file
              + " has schema "
              + schema
              + " and this agent knows "
              + SCHEMA
              + "; run the agent that wrote it, or a newer one");
    }
  }

  private static int schema(SQLiteDataSource source) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA user_version")) {
      return rows.next() ? rows.getInt(1) : 0;
    }
  }
}
