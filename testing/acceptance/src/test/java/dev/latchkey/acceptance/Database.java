package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.agent.target.postgresql.PostgresPrograms;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * A real PostgreSQL that demands passwords, with the database {@code orders} and the administrator
 * {@code orders_admin}, who is no superuser; it logs every statement to {@link #log}.
 */
final class Database implements AutoCloseable {

  static final String ADMIN = "orders_admin";
  static final String ADMIN_PASSWORD = "the-administrators-own-word-7";

  private static final String SUPERUSER_PASSWORD = "the-superusers-own-word-3";

  private final EmbeddedPostgres server;
  private final Path directory;

  private Database(EmbeddedPostgres server, Path directory) {
    this.server = server;
    this.directory = directory;
  }

  static Database start(Path directory) throws IOException, SQLException {
    Path data = directory.resolve("data");
    EmbeddedPostgres server =
        PostgresPrograms.start(
            EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setPGStartupWait(Duration.ofSeconds(60))
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("fsync", "off")
                .setServerConfig("max_connections", "200")
                .setServerConfig("log_statement", "all")
                .setServerConfig("log_min_error_statement", "debug5")
                .setServerConfig("log_connections", "on")
                .setServerConfig("logging_collector", "on")
                .setServerConfig("log_directory", "log")
                .setServerConfig("log_filename", "server.log")
                .setServerConfig("log_rotation_size", "0")
                .setServerConfig("log_rotation_age", "0")
                .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
                .setOutputRedirector(ProcessBuilder.Redirect.DISCARD));
    Database database = new Database(server, directory);
    database.demandPasswords(data);
    database.asSuperuser("CREATE DATABASE orders");
    return database;
  }

  private void demandPasswords(Path data) throws IOException, SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      PGConnection postgres = connection.unwrap(PGConnection.class);
      postgres.alterUserPassword("postgres", SUPERUSER_PASSWORD.toCharArray(), "scram-sha-256");
      statement.execute("CREATE ROLE " + ADMIN + " LOGIN CREATEROLE");
      postgres.alterUserPassword(ADMIN, ADMIN_PASSWORD.toCharArray(), "scram-sha-256");
      Files.writeString(data.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n");
      statement.execute("SELECT pg_reload_conf()");
    }
    await("a wrong password to be refused")
        .atMost(Duration.ofSeconds(20))
        .until(() -> !opens(ADMIN, "wrong"));
    assertThat(opens(ADMIN, ADMIN_PASSWORD)).isTrue();
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/orders";
  }

  /** The server's own log of every statement. */
  Path log() {
    return directory.resolve("data/log/server.log");
  }

  /**
   * Whether a login with this password succeeds; a failure for any other reason than the login is
   * thrown.
   */
  boolean opens(String user, String password) {
    try (Connection connection = DriverManager.getConnection(url(), user, password)) {
      return connection.isValid(5);
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (state.startsWith("28")) {
        return false;
      }
      if (state.equals("3D000")) {
        return true; // Let in, and the database is not made yet.
      }
      throw new AssertionError("neither let in nor refused: " + state, e);
    }
  }

  /** Whether the role may log in at all. */
  boolean mayLogin(String role) throws SQLException {
    return number("SELECT count(*) FROM pg_roles WHERE rolcanlogin AND rolname = '" + role + "'")
        > 0;
  }

  /** How many sessions the login has open. */
  long sessions(String user) throws SQLException {
    return number("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + user + "'");
  }

  /** Runs statements in the database {@code orders} as the superuser. */
  void inOrders(List<String> statements) throws SQLException {
    try (Connection connection = superuser(url());
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private void asSuperuser(String sql) throws SQLException {
    try (Connection connection = superuser(url().replaceFirst("/orders$", "/postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = superuser(url());
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  /** The login roles whose names begin with {@code prefix}. */
  List<String> roles(String prefix) throws SQLException {
    List<String> roles = new ArrayList<>();
    try (Connection connection = superuser(url());
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT rolname FROM pg_roles WHERE starts_with(rolname, ?) ORDER BY rolname")) {
      statement.setString(1, prefix);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          roles.add(result.getString(1));
        }
      }
    }
    return roles;
  }

  private static Connection superuser(String url) throws SQLException {
    return DriverManager.getConnection(url, "postgres", SUPERUSER_PASSWORD);
  }

  /** The sections of a configuration that rotate {@code orders-db} on this server. */
  String configuration(String overlap, String rollbackWindow) {
    return """
    targets:
      orders: { type: postgresql, url: "%s", admin: orders-admin, databases: [orders] }
    secrets:
      orders-admin: { backend: local }
      orders-db:
        backend: local
        kind: database
        rotation:
          target: orders
          users: [orders_a, orders_b]
          owner: orders_owner
          overlap: %s
          rollback_window: %s
    mounts: [ { prefix: "app/", backend: local } ]
    keyrings: { default: {} }
    policies:
      - callers: [ { uid: %d } ]
        secrets: [ "orders-db", "app/**" ]
        keyrings: [ default ]
        operations: [ read, watch, list, encrypt, decrypt ]
    """
        .formatted(url(), overlap, rollbackWindow, ownUid());
  }

  /**
   * Gives the administrator its credential in the agent, and its rights as the agent prints them.
   */
  void introduceTo(Cli cli) throws SQLException {
    cli.feed(
            "username=" + ADMIN + "\npassword=" + ADMIN_PASSWORD + "\n",
            "put",
            "orders-admin",
            "--from-file=-")
        .ok();
    String sql = cli.run("target", "check", "orders", "--sql").ok().out();
    inOrders(sql.lines().filter(line -> !line.isBlank() && !line.startsWith("--")).toList());
  }

  static int ownUid() {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
