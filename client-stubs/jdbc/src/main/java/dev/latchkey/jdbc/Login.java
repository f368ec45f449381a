package dev.latchkey.jdbc;

import dev.latchkey.client.Credential;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * How to log in with one credential. Holds the password as long as the login takes and never shows
 * it.
 *
 * @param url the JDBC URL, without a password
 * @param username the login role
 * @param password its password
 * @param role the role to act as, when the login role owns nothing itself
 */
record Login(String url, String username, String password, Optional<String> role) {

  /**
   * Reads {@code username}, {@code password}, {@code role} and either {@code url} or {@code host},
   * {@code port} and {@code database} out of a credential; {@code url} given here goes before both.
   */
  static Login of(Credential credential, Optional<String> url, String urlPattern) {
    return new Login(
        url.or(() -> credential.findText("url").filter(text -> !text.isEmpty()))
            .orElseGet(() -> fromParts(credential, urlPattern)),
        credential.text("username"),
        credential.text("password"),
        credential.findText("role").filter(text -> !text.isEmpty()));
  }

  /** What the driver is given: {@code more}, and the login. */
  Properties properties(Map<String, String> more) {
    Properties properties = new Properties();
    more.forEach(properties::setProperty);
    properties.setProperty("user", username);
    properties.setProperty("password", password);
    return properties;
  }

  /** Acts as the role; harmless where the login has it set already. */
  void assumeRole(Connection connection) throws SQLException {
    if (role.isEmpty()) {
      return;
    }
    String quote = connection.getMetaData().getIdentifierQuoteString();
    String mark = quote == null || quote.isBlank() ? "\"" : quote;
    String quoted = mark + role.get().replace(mark, mark + mark) + mark;
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET ROLE " + quoted);
    }
  }

  private static String fromParts(Credential credential, String pattern) {
    return pattern
        .replace("{host}", credential.text("host"))
        .replace("{port}", credential.text("port"))
        .replace("{database}", credential.text("database"));
  }

  @Override
  public String toString() {
    return "Login[" + username + ", password redacted]";
  }
}
