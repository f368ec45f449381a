package dev.latchkey.demo.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.OptionalLong;
import org.postgresql.PGConnection;

/**
 * What the owner of the server does: sets the stage before the agent comes, and looks over its
 * shoulder afterwards. Every call opens and closes a session of its own. Passwords are sent as
 * verifiers made by the driver.
 */
public final class Superuser {

  /** The login name that the server is born with. */
  public static final String NAME = "postgres";

  private final Server server;
  private final String password;

  public Superuser(Server server, String password) {
    this.server = server;
    this.password = password;
  }

  /** Creates a database and closes it to everybody who is not granted it. */
  public void createDatabase(String database) throws SQLException {
    run(NAME, List.of("CREATE DATABASE " + quoted(database)));
    run(NAME, List.of("REVOKE ALL ON DATABASE " + quoted(database) + " FROM PUBLIC"));
  }

  /** Creates a login role that may do nothing but log in. */
  public void createLogin(String role, String rolePassword) throws SQLException {
    try (Connection connection = server.connect(NAME, NAME, password);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE " + quoted(role) + " LOGIN NOSUPERUSER");
      connection
          .unwrap(PGConnection.class)
          .alterUserPassword(role, rolePassword.toCharArray(), "scram-sha-256");
    }
  }

  /** Runs statements one after another in a database. */
  public void run(String database, List<String> statements) throws SQLException {
    try (Connection connection = server.connect(database, NAME, password);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** How many sessions a login role has open, told by the name it logged in with. */
  public int sessionsOf(String role) throws SQLException {
    return (int) number("SELECT count(*) FROM pg_stat_activity WHERE usename = ?", role);
  }

  /** The number that the server knows a role by; empty when there is no such role. */
  public OptionalLong numberOf(String role) throws SQLException {
    long number =
        number("SELECT coalesce(max(oid::bigint), 0) FROM pg_roles WHERE rolname = ?", role);
    return number == 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  /** How many sessions are open of the role of this number, which may be dropped by now. */
  public int sessionsOfNumber(long role) throws SQLException {
    return (int)
        number(
            "SELECT count(*) FROM pg_stat_activity WHERE usesysid::bigint = ?::bigint",
            Long.toString(role));
  }

  /** How many sessions in a database were ended by somebody else than their client so far. */
  public int sessionsKilled(String database) throws SQLException {
    return (int) number("SELECT sessions_killed FROM pg_stat_database WHERE datname = ?", database);
  }

  /** Whether a role is a superuser; false when there is no such role. */
  public boolean isSuperuser(String role) throws SQLException {
    return number("SELECT count(*) FROM pg_roles WHERE rolsuper AND rolname = ?", role) > 0;
  }

  private long number(String sql, String parameter) throws SQLException {
    try (Connection connection = server.connect(NAME, NAME, password);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, parameter);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getLong(1);
      }
    }
  }

  private static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }
}
