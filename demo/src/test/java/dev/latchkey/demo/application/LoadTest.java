package dev.latchkey.demo.application;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.client.Credential;
import dev.latchkey.client.StateId;
import dev.latchkey.demo.database.DatabaseProcess;
import dev.latchkey.demo.database.LoginOutcome;
import dev.latchkey.demo.database.Server;
import dev.latchkey.demo.database.Superuser;
import dev.latchkey.demo.report.ApplicationEvent;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The load on a real server, with the control's pool: what goes well, and what a retirement does to
 * it.
 */
@Timeout(180)
class LoadTest {

  private static final String PASSWORD = "marker-of-the-superuser";
  private static final String USER_PASSWORD = "marker-of-the-application";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path directory;
  private static DatabaseProcess process;
  private static Server server;
  private static Superuser superuser;

  private final Queue<ApplicationEvent> told = new ConcurrentLinkedQueue<>();
  private final Tally tally = new Tally(told::add);

  @BeforeAll
  static void startsTheServer() throws Exception {
    process =
        DatabaseProcess.start(
            directory.resolve("database"), directory.resolve("database.log"), PASSWORD);
    server = process.awaitServer();
    superuser = new Superuser(server, PASSWORD);
    Awaitility.await().atMost(PATIENCE).until(LoadTest::wrongPasswordIsRefused);
    superuser.createDatabase("orders");
    superuser.run("orders", List.of("CREATE ROLE orders_owner NOLOGIN"));
    superuser.run("orders", Ledger.statements("orders_owner"));
  }

  @AfterAll
  static void stopsTheServer() {
    process.close();
  }

  private static boolean wrongPasswordIsRefused() {
    return server.tryLogin("postgres", "postgres", "wrong") instanceof LoginOutcome.Refused;
  }

  private static void createUser(String user) throws Exception {
    superuser.createLogin(user, USER_PASSWORD);
    superuser.run(
        "orders",
        List.of("GRANT CONNECT ON DATABASE orders TO " + user, "GRANT orders_owner TO " + user));
  }

  @Test
  void letsTheRightPasswordInAfterTheWrongOneWasRefused() {
    assertThat(server.tryLogin("postgres", "postgres", PASSWORD))
        .isEqualTo(new LoginOutcome.Accepted());
    assertThat(server.tryLogin("postgres", "postgres", "wrong"))
        .isEqualTo(new LoginOutcome.Refused("28P01"));
    assertThat(new Server(1).tryLogin("postgres", "postgres", PASSWORD))
        .isInstanceOf(LoginOutcome.Unclear.class);
  }

  @Test
  void balancesItsBooksAndFailsNothingWhileNothingRotates() throws Exception {
    createUser("steady");
    try (Pool pool = pool("steady")) {
      Load load = Load.start(4, pool, tally, InstantSource.system());
      Awaitility.await().atMost(PATIENCE).until(() -> tally.transfers() >= 10);
      load.finish();

      assertThat(tally.progress().failed()).isZero();
      assertThat(told).hasSize(4).allMatch(ApplicationEvent.Login.class::isInstance);
      try (Connection connection = pool.take()) {
        Ledger.Audit audit = Ledger.audit(connection, tally.transfers());
        assertThat(audit.balanced()).as(audit.words()).isTrue();
        assertThat(Ledger.audit(connection, tally.transfers() + 1).balanced()).isFalse();
      }
    }
    superuser.run("orders", List.of("TRUNCATE ledger"));
  }

  @Test
  void failsWithTheExpectedCodesWhenItsLoginIsRetired() throws Exception {
    createUser("leaver");
    try (Pool pool = pool("leaver")) {
      Load load = Load.start(4, pool, tally, InstantSource.system());
      Awaitility.await().atMost(PATIENCE).until(() -> told.size() >= 4);
      assertThat(superuser.sessionsOf("leaver")).isGreaterThanOrEqualTo(4);

      superuser.run(
          "orders",
          List.of(
              "ALTER ROLE leaver NOLOGIN",
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'leaver'"));
      Awaitility.await().atMost(PATIENCE).until(() -> failures().contains("28000"));
      load.finish();

      assertThat(failures()).contains("57P01").isSubsetOf("57P01", "28000", "28P01");
      assertThat(server.tryLogin("orders", "leaver", USER_PASSWORD))
          .isEqualTo(new LoginOutcome.Refused("28000"));
      assertThat(superuser.sessionsOf("leaver")).isZero();
    }
    superuser.run("orders", List.of("TRUNCATE ledger"));
  }

  private List<String> failures() {
    return told.stream()
        .filter(ApplicationEvent.Failure.class::isInstance)
        .map(ApplicationEvent.Failure.class::cast)
        .map(ApplicationEvent.Failure::sqlState)
        .toList();
  }

  private static Pool pool(String user) {
    Credential credential =
        Credential.builder("orders-db", new StateId("epoch", 1, 1))
            .text("url", server.url("orders"))
            .text("username", user)
            .text("password", USER_PASSWORD)
            .text("role", "orders_owner")
            .build();
    return new FixedPool(credential, "", 4);
  }
}
