package dev.latchkey.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.latchkey.client.Credential;
import dev.latchkey.client.StateId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The credential of a real PostgreSQL alternates under load, and the old login is retired after
 * each acknowledgement.
 */
final class PostgresRotationTest {

  private static final int THREADS = 8;
  private static final int ROTATIONS = Boolean.getBoolean("latchkey.soak") ? 200 : 20;
  private static final Set<String> CREDENTIAL_STATES = Set.of("57P01", "28000", "28P01");

  @TempDir static Path directory;
  private static Postgres postgres;

  @BeforeAll
  static void start() throws Exception {
    postgres = new Postgres(directory.resolve("data"));
    await().untilAsserted(() -> assertThat(postgres.opens("orders_a", "wrong")).isFalse());
    assertThat(postgres.opens("orders_a", "begin")).isTrue();
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @Test
  void twentyRotationsUnderLoadFailNoQuery() throws Exception {
    FakeFeed feed = new FakeFeed();
    postgres.allow("orders_a", "password-1");
    feed.publish(credential(1));
    try (PoolTime time = PoolTime.system("test");
        RotatingDataSource pool =
            new RotatingDataSource(feed, DriverManager::getConnection, settings(), time)) {
      feed.onChange(pool::changed);
      pool.changed();
      try (Load load = new Load(pool)) {
        for (long version = 2; version <= ROTATIONS + 1; version++) {
          awaitFull(pool);
          rotateTo(version, feed, load);
        }
        awaitFull(pool);
        load.stop();
        assertThat(load.failures).isEmpty();
        assertThat(load.queries.get()).isGreaterThan(20L * ROTATIONS);
        assertThat(load.sessionUsers).contains("orders_a", "orders_b");
        assertThat(load.currentUsers).containsExactly(Postgres.OWNER);
      }
      assertThat(pool.statistics())
          .hasSize(ROTATIONS + 1)
          .allMatch(version -> version.logins() >= THREADS && version.firstUsedAt().isPresent());
    }
  }

  @Test
  void aPlainPoolFailsUnderTheSameRotation() throws Exception {
    postgres.allow("orders_a", "plain-1");
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(postgres.url());
    config.setUsername("orders_a");
    config.setPassword("plain-1");
    config.setMaximumPoolSize(THREADS);
    config.setConnectionTimeout(1000);
    try (HikariDataSource plain = new HikariDataSource(config);
        Load load = new Load(plain)) {
      await().until(() -> load.queries.get() > 100);
      postgres.retire("orders_a");
      await().until(() -> load.failures.size() > 0);
      load.stop();
      assertThat(load.states).isNotEmpty().allMatch(CREDENTIAL_STATES::contains);
    }
  }

  /**
   * One rotation as the agent does it: set, prove, publish, wait for the acknowledgement, retire,
   * prove.
   */
  private static void rotateTo(long version, FakeFeed feed, Load load) throws Exception {
    String login = login(version);
    String retired = login(version - 1);
    postgres.allow(login, "password-" + version);
    assertThat(postgres.opens(login, "password-" + version)).isTrue();
    long before = load.queries.get();
    feed.publish(credential(version));
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(feed.acknowledged).contains(version));
    // The client has closed them; the server's processes take a moment to leave.
    await()
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(postgres.sessions(retired)).isZero());
    assertThat(postgres.retire(retired)).as("sessions ended of " + retired).isZero();
    assertThat(postgres.opens(retired, "password-" + (version - 1))).isFalse();
    await().until(() -> load.queries.get() > before);
  }

  private static void awaitFull(RotatingDataSource pool) {
    await()
        .pollInterval(Duration.ofMillis(10))
        .until(() -> pool.statistics().stream().anyMatch(v -> v.openNow() == THREADS));
  }

  private static String login(long version) {
    return version % 2 == 1 ? "orders_a" : "orders_b";
  }

  private static Credential credential(long version) {
    return Credential.builder("orders-db", new StateId("e1", version, version))
        .text("username", login(version))
        .text("password", "password-" + version)
        .text("url", postgres.url())
        .text("role", Postgres.OWNER)
        .build();
  }

  private static PoolSettings settings() {
    return new PoolSettings(
        "test",
        THREADS,
        Duration.ofSeconds(10),
        Duration.ofSeconds(2),
        Duration.ofMinutes(30),
        Duration.ofMillis(300),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        1,
        Optional.empty(),
        "",
        Map.of());
  }

  /** Threads that run transactions, some of several statements, until stopped. */
  private static final class Load implements AutoCloseable {

    final AtomicLong queries = new AtomicLong();
    final List<SQLException> failures = new CopyOnWriteArrayList<>();
    final Set<String> states = ConcurrentHashMap.newKeySet();
    final Set<String> sessionUsers = ConcurrentHashMap.newKeySet();
    final Set<String> currentUsers = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    Load(DataSource connections) {
      for (int i = 0; i < THREADS; i++) {
        int number = i;
        Thread thread = new Thread(() -> run(connections, number), "load-" + i);
        threads.add(thread);
        thread.start();
      }
    }

    void stop() throws InterruptedException {
      stopped.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
    }

    @Override
    public void close() throws InterruptedException {
      stop();
    }

    private void run(DataSource connections, int number) {
      for (int round = 0; !stopped.get() && failures.size() < 100; round++) {
        try (Connection connection = connections.getConnection()) {
          connection.setAutoCommit(false);
          boolean slow = (round + number) % 20 == 0;
          transaction(connection, slow ? "SELECT pg_sleep(0.2)" : "SELECT 1");
          connection.commit();
          queries.addAndGet(3);
        } catch (SQLException e) {
          failures.add(e);
          noteState(e);
        }
      }
    }

    private void noteState(SQLException failure) {
      for (Throwable at = failure; at != null; at = at.getCause()) {
        if (at instanceof SQLException sql && CREDENTIAL_STATES.contains(sql.getSQLState())) {
          states.add(sql.getSQLState());
        }
      }
    }

    private void transaction(Connection connection, String work) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(work);
        try (ResultSet row = statement.executeQuery("SELECT session_user, current_user")) {
          row.next();
          sessionUsers.add(row.getString(1));
          currentUsers.add(row.getString(2));
        }
        statement.execute("INSERT INTO orders (made_by) VALUES ('test')");
      }
    }
  }
}
