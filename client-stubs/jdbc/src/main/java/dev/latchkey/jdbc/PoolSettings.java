package dev.latchkey.jdbc;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How a pool behaves; {@link RotatingDataSourceBuilder} says what each means.
 *
 * @param name the pool's name in logs
 * @param size the most connections, and as many are kept open
 * @param connectionTimeout how long the application waits for a connection
 * @param validationTimeout how long a check whether a connection lives may take
 * @param maxLifetime when a connection is replaced even without a rotation
 * @param drainWindow over which time older connections are closed
 * @param loginRetryBudget for how long a refused login is tried again
 * @param startTimeout how long to wait for the first credential
 * @param transactionAttempts how often a unit of work is begun at most
 * @param url goes before what the credential says
 * @param urlPattern makes a URL of host, port and database
 * @param driverProperties more for the driver
 */
record PoolSettings(
    String name,
    int size,
    Duration connectionTimeout,
    Duration validationTimeout,
    Duration maxLifetime,
    Duration drainWindow,
    Duration loginRetryBudget,
    Duration startTimeout,
    int transactionAttempts,
    Optional<String> url,
    String urlPattern,
    Map<String, String> driverProperties) {

  PoolSettings {
    driverProperties = Map.copyOf(driverProperties);
    if (size < 1) {
      throw new IllegalArgumentException("the pool size is below 1");
    }
    if (loginRetryBudget.compareTo(connectionTimeout) > 0) {
      throw new IllegalArgumentException(
          "the login retry budget is longer than the connection timeout");
    }
    if (drainWindow.isNegative()) {
      throw new IllegalArgumentException("the drain window is negative");
    }
    if (transactionAttempts < 1) {
      throw new IllegalArgumentException("a unit of work must be begun at least once");
    }
  }
}
