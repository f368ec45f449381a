package dev.latchkey.demo.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/** Where the demo's PostgreSQL listens. */
public record Server(int port) {

  private static final Set<String> REFUSALS = Set.of("28000", "28P01");

  /** The JDBC address of one database. */
  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /** Logs in; the caller closes the connection. */
  Connection connect(String database, String user, String password) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("ApplicationName", "latchkey-demo");
    properties.setProperty("loginTimeout", "10");
    return DriverManager.getConnection(url(database), properties);
  }

  /** Tries a real login and says how the server took it. */
  public LoginOutcome tryLogin(String database, String user, String password) {
    try (Connection connection = connect(database, user, password)) {
      return connection.isClosed()
          ? new LoginOutcome.Unclear("closed")
          : new LoginOutcome.Accepted();
    } catch (SQLException failed) {
      String sqlState = Optional.ofNullable(failed.getSQLState()).orElse("none");
      return REFUSALS.contains(sqlState)
          ? new LoginOutcome.Refused(sqlState)
          : new LoginOutcome.Unclear(sqlState);
    }
  }
}
