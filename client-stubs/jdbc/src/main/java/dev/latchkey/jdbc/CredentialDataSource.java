package dev.latchkey.jdbc;

import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The data source underneath the pool: reads the credential anew for each physical connection.
 *
 * <p>A refused login, and nothing else, is tried again within the budget: with the next candidate,
 * then with the one before, then from the start as soon as something changed. The password is never
 * kept beyond the login.
 */
final class CredentialDataSource implements DataSource {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final CredentialFeed feed;
  private final VersionLedger ledger;
  private final PhysicalDriver driver;
  private final PoolSettings settings;
  private final PoolTime time;
  private final Runnable onLess;
  private volatile int loginTimeoutSeconds;
  private volatile @Nullable PrintWriter logWriter;

  CredentialDataSource(
      CredentialFeed feed,
      VersionLedger ledger,
      PhysicalDriver driver,
      PoolSettings settings,
      PoolTime time,
      Runnable onLess) {
    this.feed = feed;
    this.ledger = ledger;
    this.driver = driver;
    this.settings = settings;
    this.time = time;
    this.onLess = onLess;
  }

  /** Makes one physical connection. */
  interface PhysicalDriver {
    Connection connect(String url, Properties properties) throws SQLException;
  }

  @Override
  public Connection getConnection() throws SQLException {
    long end = time.nanos() + settings.loginRetryBudget().toNanos();
    Duration pause = FIRST_PAUSE;
    while (true) {
      List<Credential> candidates = candidates();
      Round round = new Round();
      Optional<Connection> made = round.tryEach(candidates, end);
      if (made.isPresent()) {
        return made.get();
      }
      long left = end - time.nanos();
      if (left <= 0) {
        throw round.refusal();
      }
      pause(candidates, Duration.ofNanos(Math.min(left, pause.toNanos())));
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }

  private List<Credential> candidates() throws SQLException {
    try {
      return feed.candidates();
    } catch (LatchkeyException e) {
      throw new SQLTransientConnectionException(
          "No credential to log in with: " + e.getMessage(), SqlStates.CANNOT_CONNECT, e);
    }
  }

  private void pause(List<Credential> seen, Duration atMost) throws SQLException {
    try {
      feed.awaitOther(seen, atMost);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException(
          "Interrupted while waiting to log in again", SqlStates.CANNOT_CONNECT, e);
    } catch (LatchkeyException e) {
      throw new SQLTransientConnectionException(
          "No credential to log in with: " + e.getMessage(), SqlStates.CANNOT_CONNECT, e);
    }
  }

  /** One attempt with one credential that the ledger has entered. */
  private Connection open(Credential credential) throws SQLException {
    VersionKey version = VersionKey.of(credential);
    Connection physical = null;
    try {
      Login login = Login.of(credential, settings.url(), settings.urlPattern());
      physical = driver.connect(login.url(), login.properties(settings.driverProperties()));
      login.assumeRole(physical);
      TaggedConnection tagged =
          new TaggedConnection(physical, version, label(credential), this::closed);
      ledger.opened(tagged);
      return tagged.asConnection();
    } catch (SQLException | RuntimeException | Error e) {
      boolean refused =
          physical == null && e instanceof SQLException sql && SqlStates.isLoginRefused(sql);
      closeQuietly(physical, e);
      ledger.failed(version, refused);
      onLess.run();
      throw e;
    }
  }

  private static String label(Credential credential) {
    return "connection of "
        + credential.name()
        + " version "
        + credential.state().version()
        + " as "
        + credential.text("username");
  }

  private void closed(TaggedConnection connection) {
    ledger.closed(connection);
    onLess.run();
  }

  private static void closeQuietly(@Nullable Connection physical, Throwable because) {
    if (physical != null) {
      try {
        physical.close();
      } catch (SQLException e) {
        because.addSuppressed(e);
      }
    }
  }

  /** Each candidate once. */
  private final class Round {

    private final Set<VersionKey> tried = new HashSet<>();
    private @Nullable SQLException refused;

    Optional<Connection> tryEach(List<Credential> first, long end) throws SQLException {
      Optional<Credential> next = untried(first);
      while (next.isPresent()) {
        Credential candidate = next.get();
        tried.add(VersionKey.of(candidate));
        if (ledger.begin(candidate)) {
          try {
            return Optional.of(open(candidate));
          } catch (SQLException e) {
            if (!SqlStates.isLoginRefused(e)) {
              throw e;
            }
            refused = e;
          }
          if (time.nanos() >= end) {
            return Optional.empty();
          }
        }
        next = untried(candidates());
      }
      return Optional.empty();
    }

    SQLException refusal() {
      return refused != null
          ? refused
          : new SQLTransientConnectionException(
              "No credential may be used now", SqlStates.CANNOT_CONNECT);
    }

    private Optional<Credential> untried(List<Credential> candidates) {
      return candidates.stream()
          .filter(candidate -> !tried.contains(VersionKey.of(candidate)))
          .findFirst();
    }
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the agent says who logs in");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return logWriter;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter writer) {
    logWriter = writer;
  }

  @Override
  public void setLoginTimeout(int seconds) {
    loginTimeoutSeconds = seconds;
  }

  @Override
  public int getLoginTimeout() {
    return loginTimeoutSeconds;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("not a wrapper for " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }

  @Override
  public String toString() {
    return "CredentialDataSource[" + settings.name() + "]";
  }
}
