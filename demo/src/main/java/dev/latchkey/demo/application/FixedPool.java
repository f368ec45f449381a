package dev.latchkey.demo.application;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/**
 * The control: an ordinary pool that got its credential once, at its start, and never asks again.
 */
final class FixedPool implements Pool {

  private static final long PATIENCE_MILLIS = 3_000;

  private final HikariDataSource source;

  /**
   * Opens the pool.
   *
   * @param credential the fields {@code url}, {@code username} and {@code password}
   */
  FixedPool(Map<String, String> credential, int size) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("fixed");
    config.setJdbcUrl(credential.get("url"));
    config.setUsername(credential.get("username"));
    config.setPassword(credential.get("password"));
    config.setMaximumPoolSize(size);
    config.setConnectionTimeout(PATIENCE_MILLIS);
    source = new HikariDataSource(config);
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
