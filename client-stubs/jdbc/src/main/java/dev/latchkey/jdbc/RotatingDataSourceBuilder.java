package dev.latchkey.jdbc;

import dev.latchkey.client.LatchkeyClient;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects how a {@link RotatingDataSource} behaves. Not safe for several threads. */
public final class RotatingDataSourceBuilder {

  private final LatchkeyClient client;
  private final String secret;
  private final Map<String, String> driverProperties = new LinkedHashMap<>();
  private @Nullable String name;
  private @Nullable String url;
  private String urlPattern = "jdbc:postgresql://{host}:{port}/{database}";
  private int poolSize = 10;
  private Duration connectionTimeout = Duration.ofSeconds(30);
  private Duration validationTimeout = Duration.ofSeconds(5);
  private Duration maxLifetime = Duration.ofMinutes(30);
  private Duration drainWindow = Duration.ofSeconds(15);
  private @Nullable Duration loginRetryBudget;
  private Duration startTimeout = Duration.ofSeconds(30);
  private int transactionAttempts = 3;

  RotatingDataSourceBuilder(LatchkeyClient client, String secret) {
    this.client = Objects.requireNonNull(client, "client");
    this.secret = Objects.requireNonNull(secret, "secret");
  }

  /** The pool's name in logs and thread names; "latchkey-" and the secret's name unless set. */
  public RotatingDataSourceBuilder name(String poolName) {
    name = Objects.requireNonNull(poolName, "poolName");
    return this;
  }

  /** The most connections, of which as many are kept open; 10 unless set. */
  public RotatingDataSourceBuilder poolSize(int connections) {
    poolSize = connections;
    return this;
  }

  /**
   * How long the application waits for a connection, at least 250 milliseconds; 30 seconds unless
   * set.
   */
  public RotatingDataSourceBuilder connectionTimeout(Duration timeout) {
    connectionTimeout = timeout;
    return this;
  }

  /** How long a check whether an idle connection lives may take; 5 seconds unless set. */
  public RotatingDataSourceBuilder validationTimeout(Duration timeout) {
    validationTimeout = timeout;
    return this;
  }

  /**
   * When a connection is replaced even without a rotation, over 30 seconds; 30 minutes unless set.
   */
  public RotatingDataSourceBuilder maxLifetime(Duration lifetime) {
    maxLifetime = lifetime;
    return this;
  }

  /**
   * Over which time the connections of an older version are closed at most; 15 seconds unless set,
   * zero for at once. Where the secret's overlap leaves less time than that, they are closed sooner
   * and a warning is logged. Keep the longest time that the application holds a connection shorter
   * than the overlap.
   */
  public RotatingDataSourceBuilder drainWindow(Duration window) {
    drainWindow = window;
    return this;
  }

  /**
   * For how long a refused login is tried again; half of the connection timeout unless set, and
   * never longer than it.
   */
  public RotatingDataSourceBuilder loginRetryBudget(Duration budget) {
    loginRetryBudget = budget;
    return this;
  }

  /** How long {@link #open} waits for the first credential; 30 seconds unless set. */
  public RotatingDataSourceBuilder startTimeout(Duration timeout) {
    startTimeout = timeout;
    return this;
  }

  /**
   * How often {@link RotatingDataSource#inTransaction} begins its work at most; 3 unless set, 1 for
   * no retry.
   */
  public RotatingDataSourceBuilder transactionAttempts(int attempts) {
    transactionAttempts = attempts;
    return this;
  }

  /** A JDBC URL to use in place of what the credential says. It must hold no password. */
  public RotatingDataSourceBuilder url(String jdbcUrl) {
    url = Objects.requireNonNull(jdbcUrl, "jdbcUrl");
    return this;
  }

  /**
   * How to make a JDBC URL for a credential without a {@code url} field, out of its fields {@code
   * host}, {@code port} and {@code database}; {@code jdbc:postgresql://{host}:{port}/{database}}
   * unless set.
   */
  public RotatingDataSourceBuilder urlPattern(String pattern) {
    urlPattern = Objects.requireNonNull(pattern, "pattern");
    return this;
  }

  /** One more property for the driver, such as {@code loginTimeout}. */
  public RotatingDataSourceBuilder driverProperty(String key, String value) {
    driverProperties.put(key, value);
    return this;
  }

  /**
   * Opens the pool; blocks until the agent has sent the first credential. The database need not be
   * there yet.
   *
   * @throws dev.latchkey.client.LatchkeyException why there is no credential when the start timeout
   *     is over
   * @throws IllegalArgumentException when the settings contradict each other
   */
  public RotatingDataSource open() {
    PoolSettings settings = settings();
    WatchFeed feed = new WatchFeed(client, secret);
    PoolTime time = PoolTime.system(secret);
    try {
      feed.start();
      feed.awaitFirst(startTimeout);
      RotatingDataSource pool =
          new RotatingDataSource(feed, DriverManager::getConnection, settings, time);
      feed.onChange(pool::changed);
      pool.changed();
      return pool;
    } catch (RuntimeException | Error e) {
      feed.close();
      time.close();
      throw e;
    }
  }

  private PoolSettings settings() {
    return new PoolSettings(
        name == null ? "latchkey-" + secret : name,
        poolSize,
        connectionTimeout,
        validationTimeout,
        maxLifetime,
        drainWindow,
        loginRetryBudget == null ? connectionTimeout.dividedBy(2) : loginRetryBudget,
        startTimeout,
        transactionAttempts,
        Optional.ofNullable(url),
        urlPattern,
        driverProperties);
  }
}
