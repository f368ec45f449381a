package dev.latchkey.demo.application;

import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.jdbc.RotatingDataSource;
import dev.latchkey.jdbc.RotatingDataSourceBuilder;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** The pool that Latchkey offers, as an application would open it: it follows the rotation. */
final class SwappingPool implements Pool {

  private static final Duration DRAIN_WINDOW = Duration.ofSeconds(1);

  private final LatchkeyClient client;
  private final RotatingDataSource source;

  SwappingPool(ApplicationOptions options) {
    client = LatchkeyClient.builder().socket(options.socket()).build();
    RotatingDataSourceBuilder builder =
        RotatingDataSource.builder(client, options.secret())
            .poolSize(options.pool())
            .drainWindow(DRAIN_WINDOW);
    source = (options.url().isEmpty() ? builder : builder.url(options.url())).open();
  }

  @Override
  public Connection take() throws SQLException {
    return source.getConnection();
  }

  @Override
  public void close() {
    source.close();
    client.close();
  }
}
