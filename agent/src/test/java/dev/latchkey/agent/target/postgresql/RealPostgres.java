package dev.latchkey.agent.target.postgresql;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * A real server that asks for passwords and logs every statement: a wrong password is shown refused
 * before anybody may use it.
 */
public final class RealPostgres implements AutoCloseable {

  private static final String SUPERUSER_PASSWORD = "superuser-marker-1f6d";

  private final EmbeddedPostgres server;
  private final Path data;

  public RealPostgres(Path directory) throws IOException, SQLException {
    data = directory.resolve("data");
    server =
        PostgresPrograms.start(
            EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setServerConfig("log_statement", "all")
                .setServerConfig("log_connections", "on")
                .setServerConfig("logging_collector", "on")
                .setServerConfig("log_directory", "log")
                .setServerConfig("log_parameter_max_length", "-1")
                .setServerConfig("log_parameter_max_length_on_error", "-1"));
    demandPasswords();
  }

  private void demandPasswords() throws IOException, SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SET log_statement = 'none'");
      statement.execute("ALTER ROLE postgres PASSWORD '" + SUPERUSER_PASSWORD + "'");
      Files.writeString(
          data.resolve("pg_hba.conf"),
          "local all all scram-sha-256\nhost all all all scram-sha-256\n");
      statement.execute("SELECT pg_reload_conf()");
    }
    org.awaitility.Awaitility.await().until(() -> !opens("postgres", "postgres", "wrong"));
    if (!opens("postgres", "postgres", SUPERUSER_PASSWORD)) {
      throw new IllegalStateException("the right password must open");
    }
  }

  public int port() {
    return server.getPort();
  }

  String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
  }

  Connection open(String database, String user, String password) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    return DriverManager.getConnection(url(database), properties);
  }

  public boolean opens(String database, String user, String password) {
    try {
      open(database, user, password).close();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  public void asSuperuser(String database, String... sql) throws SQLException {
    try (Connection connection = open(database, "postgres", SUPERUSER_PASSWORD);
        Statement statement = connection.createStatement()) {
      for (String one : sql) {
        statement.execute(one);
      }
    }
  }

  /**
   * As superuser, without a word in the server's log: for the passwords that a test gives by
   * itself.
   */
  void quietly(String sql) throws SQLException {
    asSuperuser("postgres", "SET log_statement = 'none'", sql);
  }

  /** Does something while nobody else may read a table, which is shared by all databases or not. */
  void whileLocked(String database, String table, Runnable work) throws SQLException {
    try (Connection connection = open(database, "postgres", SUPERUSER_PASSWORD);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
      work.run();
      connection.rollback();
    }
  }

  public String ask(String database, String sql) throws SQLException {
    try (Connection connection = open(database, "postgres", SUPERUSER_PASSWORD);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  /** Everything the server has logged. */
  String log() throws IOException {
    StringBuilder text = new StringBuilder();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(data.resolve("log"))) {
      for (Path file : files) {
        text.append(Files.readString(file, StandardCharsets.UTF_8));
      }
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
