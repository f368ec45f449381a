package dev.latchkey.acceptance;

import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.jdbc.RotatingDataSource;
import dev.latchkey.jdbc.RotatingDataSourceBuilder;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** An application that queries all the time, on a few threads, through the rotating pool. */
final class Application implements AutoCloseable {

  private static final int THREADS = 4;
  private static final Duration DRAIN = Duration.ofMillis(500);

  private final LatchkeyClient client;
  private final RotatingDataSource pool;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong queries = new AtomicLong();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private volatile boolean stopped;

  Application(RunningAgent agent) throws SQLException {
    this(agent, THREADS, Optional.empty());
  }

  /** With as many threads and connections, and a url where the credential names no host. */
  Application(RunningAgent agent, int workers, Optional<String> url) throws SQLException {
    client = LatchkeyClient.builder().socket(agent.socket()).build();
    RotatingDataSourceBuilder builder =
        RotatingDataSource.builder(client, "orders-db").poolSize(workers).drainWindow(DRAIN);
    url.ifPresent(builder::url);
    pool = builder.open();
    for (int i = 0; i < workers; i++) {
      threads.execute(this::work);
    }
  }

  private void work() {
    while (!stopped) {
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery("SELECT session_user, pg_sleep(0.005)")) {
        result.next();
        queries.incrementAndGet();
      } catch (SQLException e) {
        failures.add(e.getSQLState() + " " + e.getMessage() + " at " + Instant.now());
      }
    }
  }

  long queries() {
    return queries.get();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() throws Exception {
    stopped = true;
    threads.shutdown();
    if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
      throw new AssertionError("the application's threads did not end");
    }
    pool.close();
    client.close();
  }
}
