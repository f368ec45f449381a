package dev.latchkey.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.jdbc.TaggedConnection.Tagged;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A pool of database connections whose credential rotates under it without a failed query.
 *
 * <p>It watches one secret. When another version becomes current, new connections log in with it at
 * once; the older ones are closed little by little over the drain window, each only while the
 * application does not use it; and when none is left, the agent is told, which lets it retire the
 * old login. A connection that the application keeps for longer than the secret's overlap is ended
 * by the database: give connections back.
 *
 * <p>Guaranteed: no connection that the application uses is closed by the pool; the acknowledgement
 * comes after the last older connection is closed, one whose login was under way at the change
 * included; and no login with an older version begins after it. A failure inside a transaction is
 * the application's, except in {@link #inTransaction}. The password is in no log, exception or text
 * form of this package.
 *
 * <p>All methods are safe for any thread. {@link #getConnection} blocks for at most the connection
 * timeout; a refused login is tried again within its own, shorter budget.
 */
public final class RotatingDataSource implements DataSource, AutoCloseable {

  /** How long after a change that could not be read it is looked at again. */
  private static final Duration SECOND_LOOK = Duration.ofSeconds(1);

  private final PoolTime time;
  private final PoolSettings settings;
  private final CredentialFeed feed;
  private final VersionLedger ledger;
  private final Drain drain;
  private final HikariDataSource pool;
  private final AtomicBoolean looksAgain = new AtomicBoolean();

  RotatingDataSource(
      CredentialFeed feed,
      CredentialDataSource.PhysicalDriver driver,
      PoolSettings settings,
      PoolTime time) {
    this.feed = feed;
    this.settings = settings;
    this.time = time;
    ledger = new VersionLedger(time::now);
    drain = new Drain(ledger, this::evict, feed::acknowledge, settings.drainWindow(), time);
    pool =
        new HikariDataSource(
            config(
                settings,
                new CredentialDataSource(feed, ledger, driver, settings, time, drain::look)));
  }

  /**
   * Begins a pool for the database credential {@code secret}; the client stays the caller's and
   * must outlive it.
   */
  public static RotatingDataSourceBuilder builder(LatchkeyClient client, String secret) {
    return new RotatingDataSourceBuilder(client, secret);
  }

  /** The feed has another current version. */
  void changed() {
    Credential current;
    try {
      current = feed.candidates().get(0);
    } catch (LatchkeyException unusable) {
      // Nobody is told when the same version can be had again, and its drain must not be lost.
      lookAgain();
      return;
    }
    ledger.received(current);
    drain.begin(current);
  }

  private void lookAgain() {
    if (looksAgain.compareAndSet(false, true)) {
      time.schedule(
          SECOND_LOOK,
          () -> {
            looksAgain.set(false);
            changed();
          });
    }
  }

  /**
   * A connection, logged in with a version that the database accepts.
   *
   * @throws SQLTransientConnectionException after the connection timeout; its cause is why the last
   *     login failed
   */
  @Override
  public Connection getConnection() throws SQLException {
    long end = time.nanos() + settings.connectionTimeout().toNanos();
    while (true) {
      Connection lease = pool.getConnection();
      TaggedConnection connection = lease.unwrap(Tagged.class).tag();
      if (connection.lend(lease)) {
        ledger.lent(connection);
        return lease;
      }
      // It was closed while it lay in the pool unused.
      pool.evictConnection(lease);
      if (time.nanos() >= end) {
        throw new SQLTransientConnectionException(
            "No connection within the connection timeout", SqlStates.CANNOT_CONNECT);
      }
    }
  }

  /**
   * Runs {@code work} in a transaction of its own and commits it.
   *
   * <p>When the connection is lost before the commit is sent (SQLSTATE class 08, 57P01 or 57P02),
   * the whole work is run again on another connection, up to the number of attempts that the
   * builder was given. Whatever else the work throws rolls the transaction back and comes out as it
   * is.
   *
   * @throws SQLException what the work threw; with SQLSTATE 08007 when the connection was lost
   *     while committing, so that nobody knows whether the transaction took effect: that is never
   *     retried
   */
  public <T> T inTransaction(TransactionWork<T> work) throws SQLException {
    return new UnitOfWork(this, settings.transactionAttempts()).run(work);
  }

  /**
   * What the pool did with each version of the credential, oldest first: at most the newest 256
   * versions, and any that is still in use. A snapshot taken at one moment.
   */
  public List<VersionStatistics> statistics() {
    return ledger.statistics();
  }

  /**
   * Closes every connection, those in use included, and ends the watch. Idempotent; the client
   * stays open.
   */
  @Override
  public void close() {
    drain.close();
    feed.close();
    pool.close();
    time.close();
  }

  /** Asks the pool to let a connection go; false when it must be asked again. */
  private boolean evict(TaggedConnection connection) {
    Connection first = connection.firstLease();
    try {
      if (first != null) {
        // Before its first lease is given back, the pool would close it under the application.
        if (!first.isClosed()) {
          return false;
        }
        pool.evictConnection(first);
        return true;
      }
      if (!connection.noticedUnlent() || !connection.condemn()) {
        return false;
      }
      connection.close();
      return true;
    } catch (SQLException alreadyBroken) {
      return true;
    }
  }

  private static HikariConfig config(PoolSettings settings, DataSource underneath) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(settings.name());
    config.setDataSource(underneath);
    config.setMaximumPoolSize(settings.size());
    config.setMinimumIdle(settings.size());
    config.setConnectionTimeout(settings.connectionTimeout().toMillis());
    config.setValidationTimeout(settings.validationTimeout().toMillis());
    config.setMaxLifetime(settings.maxLifetime().toMillis());
    // The shortest that HikariCP takes: it clears away what was closed while it lay unused.
    config.setKeepaliveTime(30_000);
    // The database need not be there yet.
    config.setInitializationFailTimeout(-1);
    return config;
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the agent says who logs in");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return pool.getLogWriter();
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter writer) throws SQLException {
    pool.setLogWriter(writer);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    pool.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return pool.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(this) ? type.cast(this) : pool.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || pool.isWrapperFor(type);
  }

  @Override
  public String toString() {
    return "RotatingDataSource[" + settings.name() + "]";
  }
}
