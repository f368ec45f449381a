package dev.latchkey.demo.application;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.latchkey.client.Credential;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The control: an ordinary pool that got its credential once, at its start, and never asks again.
 */
final class FixedPool implements Pool {

  private static final long PATIENCE_MILLIS = 3_000;

  private final HikariDataSource source;

  FixedPool(Credential credential, String url, int size) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("fixed");
    config.setJdbcUrl(url.isEmpty() ? credential.text("url") : url);
    config.setUsername(credential.text("username"));
    config.setPassword(credential.text("password"));
    credential.findText("role").map(FixedPool::assume).ifPresent(config::setConnectionInitSql);
    config.setMaximumPoolSize(size);
    config.setConnectionTimeout(PATIENCE_MILLIS);
    source = new HikariDataSource(config);
  }

  private static String assume(String role) {
    return "SET ROLE \"" + role.replace("\"", "\"\"") + "\"";
  }

  @Override
  public Connection take() throws SQLException {
    return source.getConnection();
  }

  @Override
  public void close() {
    source.close();
  }
}
