package dev.latchkey.agent.target.postgresql;

import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Opens connections with short timeouts; none is kept. */
final class Connections {

  private final String target;
  private final PostgresUrl url;
  private final Timeouts timeouts;

  Connections(String target, PostgresUrl url, Timeouts timeouts) {
    this.target = target;
    this.url = url;
    this.timeouts = timeouts;
  }

  /**
   * For how long the driver waits, in whole seconds.
   *
   * @param connectSeconds for the server to take a connection
   * @param answerSeconds for each answer, those of the login included
   */
  record Timeouts(int connectSeconds, int answerSeconds) {}

  /** The administrator's session. */
  Connection administrator(SecretContent admin) {
    try {
      return administrator(admin, url.database());
    } catch (SQLException e) {
      throw Failures.opening(target, e);
    }
  }

  /** The administrator's session in another database. */
  Connection administrator(SecretContent admin, String database) throws SQLException {
    SecretValue password =
        admin
            .field(SecretContent.PASSWORD)
            .orElseThrow(() -> SecretException.invalid("password", "is missing"));
    return open(database, user(admin), password);
  }

  static String user(SecretContent admin) {
    return admin
        .field(SecretContent.USERNAME)
        .map(Connections::text)
        .orElseThrow(() -> SecretException.invalid("username", "is missing"));
  }

  /** A session as anybody. */
  Connection open(String database, String user, SecretValue password) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", text(password));
    properties.setProperty("ApplicationName", "latchkey");
    properties.setProperty("connectTimeout", Integer.toString(timeouts.connectSeconds()));
    properties.setProperty("socketTimeout", Integer.toString(timeouts.answerSeconds()));
    properties.setProperty("sslResponseTimeout", Integer.toString(timeouts.answerSeconds() * 1000));
    properties.setProperty("loginTimeout", "0");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("logServerErrorDetail", "false");
    return DriverManager.getConnection(url.to(database), properties);
  }

  private static String text(SecretValue value) {
    return value.read(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }
}
