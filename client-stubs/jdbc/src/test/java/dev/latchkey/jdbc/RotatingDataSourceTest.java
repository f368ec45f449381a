package dev.latchkey.jdbc;

import static dev.latchkey.jdbc.FakeFeed.credential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.StateId;
import dev.latchkey.jdbc.FakeDriver.Gate;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pool against a driver and a clock that obey the test. */
@Timeout(60)
final class RotatingDataSourceTest {

  private static final int SIZE = 4;
  private static final Duration WINDOW = Duration.ofSeconds(8);

  private final FakeFeed feed = new FakeFeed();
  private final FakeDriver driver = new FakeDriver();
  private final FakePoolTime time = new FakePoolTime();
  private final List<RotatingDataSource> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(RotatingDataSource::close);
    assertThat(driver.open).isEmpty();
  }

  @Test
  void theFirstVersionIsAcknowledgedAtOnceBecauseNothingOlderIsInUse() {
    RotatingDataSource pool = open(credential(5, "a", "pa"));
    assertThat(feed.acknowledged).containsExactly(5L);
    assertThat(only(pool, 5).acknowledgedAt()).isPresent();
  }

  @Test
  void newConnectionsUseTheNewVersionAtOnceAndOlderOnesGoOverTheWindow() throws Exception {
    RotatingDataSource pool = full(open(credential(1, "a", "pa")));
    lendAll(pool);
    feed.publish(credential(2, "b", "pb"));
    await().until(() -> driver.openAs("a") == SIZE - 1);
    await().until(() -> driver.openAs("b") == 1);
    time.advance(WINDOW.dividedBy(2));
    await().until(() -> driver.openAs("a") <= SIZE / 2 && driver.openAs("a") > 0);
    assertThat(feed.acknowledged).containsExactly(1L);
    time.advance(WINDOW);
    await().until(() -> driver.openAs("a") == 0 && driver.openAs("b") == SIZE);
    await().untilAsserted(() -> assertThat(feed.acknowledged).containsExactly(1L, 2L));
    assertThat(only(pool, 1).closes()).isEqualTo(SIZE);
    assertThat(only(pool, 2).logins()).isEqualTo(SIZE);
  }

  @Test
  void aConnectionThatWasNeverLentGoesTooAndIsNeverHandedOut() throws Exception {
    RotatingDataSource pool = full(open(credential(1, "a", "pa")));
    feed.publish(credential(2, "b", "pb"));
    time.advance(WINDOW.multipliedBy(2));
    await().untilAsserted(() -> assertThat(feed.acknowledged).containsExactly(1L, 2L));
    assertThat(driver.openAs("a")).isZero();
    for (int i = 0; i < 2 * SIZE; i++) {
      try (Connection lease = pool.getConnection()) {
        assertThat(lease.isValid(1)).isTrue();
      }
    }
    assertThat(driver.openAs("b")).isPositive();
  }

  @Test
  void aConnectionInUseIsNeverClosedAndHoldsTheAcknowledgementBack() throws Exception {
    RotatingDataSource pool = full(open(credential(1, "a", "pa")));
    Connection busy = pool.getConnection();
    feed.publish(credential(2, "b", "pb"));
    time.advance(WINDOW.multipliedBy(3));
    await().until(() -> driver.openAs("a") == 1);
    assertThat(busy.isClosed()).isFalse();
    assertThat(feed.acknowledged).containsExactly(1L);
    busy.close();
    time.advance(Duration.ofSeconds(1));
    await().untilAsserted(() -> assertThat(feed.acknowledged).containsExactly(1L, 2L));
    assertThat(driver.openAs("a")).isZero();
  }

  @Test
  void aLoginUnderWayAtTheChangeJoinsThePoolAfterTheEvictionAndStillHoldsItBack() throws Exception {
    feed.publish(credential(1, "a", "pa"));
    Gate gate = driver.holdNextLogin();
    RotatingDataSource pool = track(SIZE);
    pool.changed();
    gate.reached().await();
    feed.publish(credential(2, "b", "pb"));
    time.advance(WINDOW.multipliedBy(3));
    assertThat(only(pool, 1).openingNow()).isEqualTo(1);
    assertThat(feed.acknowledged).containsExactly(1L);
    gate.opened().countDown();
    await()
        .untilAsserted(
            () -> {
              time.advance(Duration.ofSeconds(1));
              assertThat(feed.acknowledged).containsExactly(1L, 2L);
            });
    assertThat(driver.openAs("a")).isZero();
    assertThat(only(pool, 1).logins()).isEqualTo(1);
  }

  @Test
  void drainsWithinWhatTheOverlapLeavesWhenThatIsShorterThanTheWindow() throws Exception {
    Duration overlap = WINDOW.dividedBy(2);
    RotatingDataSource pool = full(open(credential(1, "a", "pa")));
    lendAll(pool);
    feed.publish(
        Credential.builder("orders-db", new StateId("e1", 2, 2))
            .text("username", "b")
            .text("password", "pb")
            .text("url", "jdbc:fake:orders")
            .previousValidUntilAt(time.now().plus(overlap))
            .build());
    time.advance(overlap.dividedBy(4));
    assertThat(driver.openAs("a")).isPositive();
    time.advance(overlap.minusMillis(200).minus(overlap.dividedBy(4)));
    await().until(() -> driver.openAs("a") == 0);
    await().untilAsserted(() -> assertThat(feed.acknowledged).containsExactly(1L, 2L));
  }

  @Test
  void whatIsOlderGoesAtOnceWhenTheLoginBeforeHasEndedAlready() throws Exception {
    RotatingDataSource pool = full(open(credential(1, "a", "pa")));
    lendAll(pool);
    feed.publish(
        Credential.builder("orders-db", new StateId("e1", 2, 2))
            .text("username", "b")
            .text("password", "pb")
            .text("url", "jdbc:fake:orders")
            .previousValidUntilAt(time.now().minusSeconds(1))
            .build());
    await().until(() -> driver.openAs("a") == 0);
  }

  @Test
  void drainsAlsoWhenTheNewVersionCouldNotBeReadAtItsChange() throws Exception {
    RotatingDataSource pool = full(open(credential(1, "a", "pa")));
    lendAll(pool);
    feed.refuse(new LatchkeyException(LatchkeyException.Reason.UNAVAILABLE, "away"));
    feed.publish(credential(2, "b", "pb"));
    time.advance(Duration.ofMinutes(1));
    assertThat(driver.openAs("a")).isEqualTo(SIZE);
    feed.refuse(null);
    time.advance(WINDOW.plusSeconds(2));
    await().until(() -> driver.openAs("a") == 0 && driver.openAs("b") == SIZE);
    await().untilAsserted(() -> assertThat(feed.acknowledged).containsExactly(1L, 2L));
  }

  @Test
  void noLoginWithAnOlderVersionBeginsAfterItsSuccessorIsAcknowledged() throws Exception {
    RotatingDataSource pool = open(credential(1, "a", "pa"));
    feed.publish(credential(2, "b", "pb"));
    time.advance(WINDOW.multipliedBy(3));
    await()
        .untilAsserted(
            () -> {
              time.advance(Duration.ofSeconds(1));
              assertThat(feed.acknowledged).contains(2L);
            });
    driver.refused.add("b");
    driver.logins.clear();
    feed.onAwait((seen, timeout) -> time.advance(timeout));
    assertThatThrownBy(() -> underneath(pool).getConnection())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    assertThat(driver.logins).isNotEmpty().doesNotContain("a");
  }

  @Test
  void aRefusedLoginTriesTheAnnouncedCandidateThenTheOneBefore() throws Exception {
    feed.publish(credential(1, "a", "pa"));
    feed.publish(credential(2, "b", "pb"));
    feed.announce(credential(3, "c", "pc"));
    driver.refused.add("b");
    driver.refused.add("c");
    CredentialDataSource underneath = underneath(new VersionLedger(time::now));
    underneath.getConnection().close();
    assertThat(driver.logins).containsExactly("b", "c", "a");
  }

  @Test
  void aRefusedLoginIsTriedAgainWithWhatArrivesMeanwhile() throws Exception {
    feed.publish(credential(1, "a", "pa"));
    driver.refused.add("a");
    feed.onAwait((seen, timeout) -> feed.publish(credential(2, "b", "pb")));
    underneath(new VersionLedger(time::now)).getConnection().close();
    assertThat(driver.logins).containsExactly("a", "b");
  }

  @Test
  void refusedLoginsEndWithTheBudgetAndOtherFailuresAtOnce() {
    feed.publish(credential(1, "a", "pa"));
    driver.refused.add("a");
    feed.onAwait((seen, timeout) -> time.advance(timeout));
    assertThatThrownBy(() -> underneath(new VersionLedger(time::now)).getConnection())
        .hasMessageContaining("login refused");
    assertThat(time.nanos()).isEqualTo(Duration.ofSeconds(2).toNanos());
    AtomicInteger attempts = new AtomicInteger();
    CredentialDataSource down =
        new CredentialDataSource(
            feed,
            new VersionLedger(time::now),
            (url, properties) -> {
              attempts.incrementAndGet();
              throw new SQLException("no route", "08001");
            },
            settings(SIZE),
            time,
            () -> {});
    assertThatThrownBy(down::getConnection).hasMessage("no route");
    assertThat(attempts).hasValue(1);
  }

  @Test
  void theRoleIsAssumedAfterTheLoginAndQuoted() throws Exception {
    feed.publish(
        Credential.builder("orders-db", new StateId("e1", 1, 1))
            .text("username", "a")
            .text("password", "pa")
            .text("host", "db.local")
            .text("port", "5432")
            .text("database", "orders")
            .text("role", "own\"er")
            .build());
    underneath(new VersionLedger(time::now)).getConnection().close();
    assertThat(driver.statements).containsExactly("SET ROLE \"own\"\"er\"");
  }

  @Test
  void aNewEpochReplacesEveryConnection() throws Exception {
    RotatingDataSource pool = full(open(credential(7, "a", "pa")));
    lendAll(pool);
    feed.publish(
        Credential.builder("orders-db", new StateId("e2", 1, 1))
            .text("username", "b")
            .text("password", "pb")
            .text("url", "jdbc:fake:orders")
            .build());
    time.advance(WINDOW.multipliedBy(2));
    await().until(() -> driver.openAs("a") == 0 && driver.openAs("b") == SIZE);
    await().untilAsserted(() -> assertThat(feed.acknowledged).containsExactly(7L, 1L));
  }

  @Test
  void manyChangesWhileConnectionsAreTakenAndGivenBackLoseNone() throws Exception {
    RotatingDataSource pool = open(credential(1, "a", "pa"));
    List<String> failures = new CopyOnWriteArrayList<>();
    AtomicInteger stop = new AtomicInteger();
    List<CompletableFuture<Void>> workers = new ArrayList<>();
    for (int i = 0; i < SIZE / 2; i++) {
      workers.add(CompletableFuture.runAsync(() -> work(pool, failures, stop)));
    }
    for (long version = 2; version <= 30; version++) {
      long now = version;
      String user = version % 2 == 0 ? "b" : "a";
      feed.publish(credential(version, user, "p"));
      await()
          .pollInterval(Duration.ofMillis(5))
          .untilAsserted(
              () -> {
                time.advance(Duration.ofSeconds(1));
                assertThat(feed.acknowledged).contains(now);
              });
      assertThat(driver.openAs(user.equals("a") ? "b" : "a")).isZero();
    }
    stop.set(1);
    workers.forEach(CompletableFuture::join);
    assertThat(failures).isEmpty();
    assertThat(pool.statistics()).hasSize(30);
    assertThat(pool.statistics().subList(0, 29)).allMatch(v -> v.openNow() == 0);
  }

  @Test
  void aUnitOfWorkIsRunAgainWhenItsConnectionIsLostAndNotOtherwise() throws Exception {
    RotatingDataSource pool = open(credential(1, "a", "pa"));
    AtomicInteger runs = new AtomicInteger();
    String done =
        pool.inTransaction(
            connection -> {
              if (runs.incrementAndGet() < 3) {
                throw new SQLException("terminated", "57P01");
              }
              return "done";
            });
    assertThat(done).isEqualTo("done");
    assertThat(runs).hasValue(3);
    runs.set(0);
    assertThatThrownBy(
            () ->
                pool.inTransaction(
                    connection -> {
                      runs.incrementAndGet();
                      throw new SQLException("lost", "08006");
                    }))
        .hasMessage("lost");
    assertThat(runs).hasValue(3);
    runs.set(0);
    assertThatThrownBy(
            () ->
                pool.inTransaction(
                    connection -> {
                      runs.incrementAndGet();
                      throw new SQLException("duplicate", "23505");
                    }))
        .hasMessage("duplicate");
    assertThat(runs).hasValue(1);
  }

  @Test
  void contradictingSettingsAreRefused() {
    assertThatThrownBy(
            () ->
                new PoolSettings(
                    "p",
                    1,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(1),
                    Duration.ZERO,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(1),
                    1,
                    Optional.empty(),
                    "",
                    Map.of()))
        .hasMessageContaining("longer than the connection timeout");
  }

  private void work(RotatingDataSource pool, List<String> failures, AtomicInteger stop) {
    while (stop.get() == 0) {
      try (Connection lease = pool.getConnection()) {
        if (!lease.isValid(1)) {
          failures.add("a closed connection was handed out");
        }
      } catch (SQLException e) {
        failures.add(e.toString());
      }
      Thread.onSpinWait();
    }
  }

  private RotatingDataSource open(Credential first) {
    feed.publish(first);
    RotatingDataSource pool = track(SIZE);
    pool.changed();
    return pool;
  }

  private RotatingDataSource track(int size) {
    RotatingDataSource pool = new RotatingDataSource(feed, driver, settings(size), time);
    feed.onChange(pool::changed);
    opened.add(pool);
    return pool;
  }

  private RotatingDataSource full(RotatingDataSource pool) {
    await().until(() -> driver.open.size() == SIZE);
    return pool;
  }

  private void lendAll(RotatingDataSource pool) throws SQLException {
    List<Connection> leases = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      leases.add(pool.getConnection());
    }
    for (Connection lease : leases) {
      lease.close();
    }
  }

  private CredentialDataSource underneath(VersionLedger ledger) {
    return new CredentialDataSource(feed, ledger, driver, settings(SIZE), time, () -> {});
  }

  private static CredentialDataSource underneath(RotatingDataSource pool) throws SQLException {
    return pool.unwrap(CredentialDataSource.class);
  }

  private static PoolSettings settings(int size) {
    return new PoolSettings(
        "test",
        size,
        // Long, because the clock that the test moves runs far ahead of the machine's.
        Duration.ofMinutes(10),
        Duration.ofSeconds(1),
        Duration.ofMinutes(30),
        WINDOW,
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        3,
        Optional.empty(),
        "jdbc:fake:{host}:{port}/{database}",
        Map.of());
  }

  private static VersionStatistics only(RotatingDataSource pool, long version) {
    return pool.statistics().stream()
        .filter(statistics -> statistics.version() == version)
        .findFirst()
        .orElseThrow();
  }
}
