package dev.latchkey.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A PostgreSQL of its own that asks for passwords, with an owner role, two logins that are members
 * of it, a table.
 */
final class Postgres implements AutoCloseable {

  static final String OWNER = "orders_owner";

  private final EmbeddedPostgres server;
  private final Path data;

  Postgres(Path data) throws IOException, SQLException {
    this.data = data;
    server =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setServerConfig("password_encryption", "scram-sha-256")
            .setServerConfig("max_connections", "60")
            .start();
    execute("CREATE ROLE orders_owner NOLOGIN");
    for (String login : List.of("orders_a", "orders_b")) {
      execute("CREATE ROLE " + login + " LOGIN PASSWORD 'begin' IN ROLE orders_owner");
    }
    execute("CREATE TABLE orders (id bigserial PRIMARY KEY, made_by text, session text)");
    execute("ALTER TABLE orders OWNER TO orders_owner");
    askForPasswords();
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres";
  }

  void execute(String sql) throws SQLException {
    try (Connection admin = server.getPostgresDatabase().getConnection();
        Statement statement = admin.createStatement()) {
      statement.execute(sql);
    }
  }

  long number(String sql) throws SQLException {
    try (Connection admin = server.getPostgresDatabase().getConnection();
        Statement statement = admin.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** Lets a login in with a password. */
  void allow(String login, String password) throws SQLException {
    execute("ALTER ROLE " + login + " LOGIN PASSWORD '" + password + "'");
  }

  /** Retires a login as the agent does; how many of its sessions had to be ended. */
  long retire(String login) throws SQLException {
    execute("ALTER ROLE " + login + " NOLOGIN");
    return number(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '"
            + login
            + "'");
  }

  /** How many sessions of a login there are. */
  long sessions(String login) throws SQLException {
    return number("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + login + "'");
  }

  boolean opens(String login, String password) {
    try (Connection connection = DriverManager.getConnection(url(), login, password)) {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  /** Local sockets and the superuser's own database stay open for the test itself. */
  private void askForPasswords() throws IOException, SQLException {
    Path rules = data.resolve("pg_hba.conf");
    List<String> lines = new ArrayList<>();
    lines.add("local all all trust");
    lines.add("host all postgres 127.0.0.1/32 trust");
    lines.add("host all postgres ::1/128 trust");
    lines.add("host all all all scram-sha-256");
    Files.write(rules, lines);
    execute("SELECT pg_reload_conf()");
  }
}
