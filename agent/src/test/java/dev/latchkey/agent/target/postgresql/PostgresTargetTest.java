package dev.latchkey.agent.target.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.target.Target.Check;
import dev.latchkey.agent.target.Target.Inspection;
import dev.latchkey.agent.target.Target.Login;
import dev.latchkey.agent.target.Target.Proof;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rotates login roles of a real server by an administrator that is no superuser. */
final class PostgresTargetTest {

  private static final String ADMIN_PASSWORD = "admin-marker-77b1";
  private static final SecretContent ADMIN = content("latchkey_admin", ADMIN_PASSWORD);
  private static final SecureRandom RANDOM = new SecureRandom();

  private static RealPostgres server;
  private static PostgresTarget target;
  private static int count;

  private Login login = new Login("none_a", "none_b", "none_owner");

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException, SQLException {
    server = new RealPostgres(directory);
    target = target(server.url("orders"));
    server.asSuperuser("postgres", "CREATE DATABASE orders", "CREATE DATABASE billing");
    server.quietly("CREATE ROLE latchkey_admin LOGIN CREATEROLE PASSWORD '" + ADMIN_PASSWORD + "'");
  }

  @AfterAll
  static void stopAfterReadingTheLog() throws IOException {
    try {
      assertThat(server.log())
          .contains("ALTER ROLE")
          .contains("SCRAM-SHA-256$4096:")
          .doesNotContain("marker");
    } finally {
      server.close();
    }
  }

  @BeforeEach
  void freshPair() {
    count++;
    login = new Login("t" + count + "_a", "t" + count + "_b", "t" + count + "_owner");
  }

  @Test
  void createsALoginRoleThatCannotLogInYet() throws SQLException {
    target.create(ADMIN, login);
    target.create(ADMIN, login);

    assertThat(target.inspect(ADMIN, login)).isEqualTo(new Inspection(true, false, List.of()));
    assertThat(
            server.ask(
                "postgres",
                "SELECT rolcanlogin FROM pg_roles WHERE rolname = '" + login.owner() + "'"))
        .isEqualTo("f");
  }

  @Test
  void opensWithTheCandidateAndWithNothingElse() {
    target.create(ADMIN, login);
    target.set(ADMIN, login, password("candidate-marker-1"));
    target.set(ADMIN, login, password("candidate-marker-1"));

    assertThat(target.prove(login, password("candidate-marker-1"))).isEqualTo(new Proof.Opened());
    assertThat(target.prove(login, password("candidate-marker-2")))
        .isInstanceOf(Proof.Refused.class);
  }

  @Test
  void setsTheOwnerRoleSoThatObjectsBelongToIt() throws SQLException {
    grantSchema();
    target.create(ADMIN, login);
    target.set(ADMIN, login, password("candidate-marker-3"));
    target.create(ADMIN, twin());
    target.set(ADMIN, twin(), password("candidate-marker-4"));
    String table = "public.made_by_" + login.user();

    run(login.user(), "candidate-marker-3", "CREATE TABLE " + table + " (id int)");
    run(login.twin(), "candidate-marker-4", "ALTER TABLE " + table + " ADD COLUMN name text");

    assertThat(
            server.ask(
                "orders",
                "SELECT tableowner FROM pg_tables WHERE tablename = 'made_by_"
                    + login.user()
                    + "'"))
        .isEqualTo(login.owner());
  }

  @Test
  void endsAndCountsTheSessionsOfARetiredLoginOnly() throws SQLException {
    target.create(ADMIN, login);
    target.set(ADMIN, login, password("candidate-marker-5"));
    target.create(ADMIN, twin());
    target.set(ADMIN, twin(), password("candidate-marker-6"));
    try (Connection first = server.open("orders", login.user(), "candidate-marker-5");
        Connection second = server.open("orders", login.user(), "candidate-marker-5");
        Connection other = server.open("orders", login.twin(), "candidate-marker-6")) {
      assertThat(target.sessions(ADMIN, login)).isEqualTo(2);
      assertThat(first.isValid(2)).isTrue();

      assertThat(target.retire(ADMIN, login, password("candidate-marker-5")).endedSessions())
          .isEqualTo(2);

      assertThat(first.isValid(2)).isFalse();
      assertThat(second.isValid(2)).isFalse();
      assertThat(other.isValid(2)).isTrue();
    }
    assertThat(target.sessions(ADMIN, login)).isZero();
    assertThat(target.inspect(ADMIN, login).opens()).isFalse();
    assertThat(target.prove(login, password("candidate-marker-5")))
        .isInstanceOf(Proof.Refused.class);
    assertThat(target.retire(ADMIN, login, password("candidate-marker-5")).endedSessions())
        .isZero();
  }

  @Test
  void aRetiredLoginOpensAgainOnlyWithTheNextCandidate() {
    target.create(ADMIN, login);
    target.set(ADMIN, login, password("candidate-marker-7"));
    target.retire(ADMIN, login, password("candidate-marker-7"));
    target.set(ADMIN, login, password("candidate-marker-8"));

    assertThat(target.prove(login, password("candidate-marker-8"))).isEqualTo(new Proof.Opened());
    assertThat(target.prove(login, password("candidate-marker-7")))
        .isInstanceOf(Proof.Refused.class);
  }

  @Test
  void provesInEveryDeclaredDatabase() throws SQLException {
    PostgresTarget both = target(server.url("orders"), "orders", "billing");
    target.create(ADMIN, login);
    target.set(ADMIN, login, password("candidate-marker-9"));
    assertThat(both.prove(login, password("candidate-marker-9"))).isEqualTo(new Proof.Opened());

    server.asSuperuser("postgres", "REVOKE CONNECT ON DATABASE billing FROM PUBLIC");
    try {
      assertThat(both.prove(login, password("candidate-marker-9")))
          .isInstanceOfSatisfying(
              Proof.Refused.class, refused -> assertThat(refused.why()).contains("billing"));
    } finally {
      server.asSuperuser("postgres", "GRANT CONNECT ON DATABASE billing TO PUBLIC");
    }
  }

  @Test
  void anAdministratorWithTheWrongPasswordIsRefused() {
    SecretException refused =
        failure(() -> target.create(content("latchkey_admin", "wrong-marker"), login));

    assertThat(refused.reason()).isEqualTo(Reason.BACKEND_REFUSED);
    assertThat(refused)
        .hasMessageContaining("28P01")
        .hasMessageNotContaining("marker")
        .hasNoCause();
  }

  @Test
  void namesTheMissingGrant() throws SQLException {
    server.quietly("CREATE ROLE weak_admin LOGIN PASSWORD '" + ADMIN_PASSWORD + "'");

    SecretException refused =
        failure(() -> target.create(content("weak_admin", ADMIN_PASSWORD), login));

    assertThat(refused.reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW);
    assertThat(refused).hasMessageContaining("create role").hasMessageContaining("target check");
    assertThat(target.check(content("weak_admin", ADMIN_PASSWORD), List.of(login)))
        .filteredOn(check -> !check.passed())
        .extracting(Check::name)
        .containsExactly("weak_admin may create roles");
  }

  @Test
  void theChecksPassBeforeAndAfterThePairIsMade() {
    assertThat(target.check(ADMIN, List.of(login, twin()))).allMatch(Check::passed);
    target.create(ADMIN, login);
    target.create(ADMIN, twin());
    assertThat(target.check(ADMIN, List.of(login, twin())))
        .allMatch(Check::passed)
        .extracting(Check::name)
        .contains(
            "a wrong password is refused",
            "latchkey_admin may administer " + login.user(),
            "latchkey_admin may end the sessions of " + login.twin(),
            login.user() + " may connect to orders");
  }

  @Test
  void aServerThatIsNotThereIsToldOfAloneAndNotAskedForGrants() {
    PostgresTarget nowhere = target("jdbc:postgresql://nowhere.invalid:5432/orders");
    assertThatThrownBy(() -> nowhere.check(ADMIN, List.of(login, twin())))
        .isInstanceOfSatisfying(
            SecretException.class,
            failure -> {
              assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
              assertThat(failure.safeMessage()).contains("cannot be reached");
            });
  }

  @Test
  void aServerThatAnswersNoMoreHalfwayLeavesTheChecksThatWereMade() throws SQLException {
    target.create(ADMIN, login);
    List<Check> checks = new ArrayList<>();

    server.whileLocked(
        "postgres",
        "pg_catalog.pg_shdepend",
        () -> checks.addAll(target.check(ADMIN, List.of(login))));

    assertThat(checks)
        .filteredOn(Check::passed)
        .extracting(Check::name)
        .contains("the administrator logs in", "latchkey_admin may administer " + login.user());
    assertThat(checks.getLast().name()).isEqualTo("the server answers to the end");
    assertThat(checks.getLast().detail()).contains("cannot be reached or answers too late");
    assertThat(checks).filteredOn(check -> !check.passed()).containsExactly(checks.getLast());
  }

  @Test
  void thePrintedGrantsAreEnoughForRolesThatSomebodyElseMade() throws SQLException {
    server.asSuperuser(
        "postgres",
        "CREATE ROLE " + login.owner(),
        "CREATE ROLE " + login.user(),
        "CREATE ROLE " + login.twin());
    assertThat(target.check(ADMIN, List.of(login, twin()))).anyMatch(check -> !check.passed());

    List<String> grants = target.grants("latchkey_admin", List.of(login, twin()));
    server.asSuperuser("orders", grants.toArray(String[]::new));
    server.asSuperuser("orders", grants.toArray(String[]::new));

    assertThat(target.check(ADMIN, List.of(login, twin()))).allMatch(Check::passed);
    target.create(ADMIN, login);
    target.set(ADMIN, login, password("candidate-marker-10"));
    assertThat(target.prove(login, password("candidate-marker-10"))).isEqualTo(new Proof.Opened());
    assertThat(target.retire(ADMIN, login, password("candidate-marker-10")).endedSessions())
        .isZero();
  }

  @Test
  void aNameCannotSayMoreThanAName() {
    Login odd = new Login("odd\" SUPERUSER; -- " + count, "odd'b" + count, "odd owner'\"" + count);

    target.create(ADMIN, odd);
    target.set(ADMIN, odd, password("candidate-marker-11"));

    assertThat(target.prove(odd, password("candidate-marker-11"))).isEqualTo(new Proof.Opened());
    assertThatThrownBy(() -> target.create(ADMIN, new Login("pg_x", "b", "o")))
        .isInstanceOf(SecretException.class);
  }

  @Test
  void aServerThatIsDownIsUnavailable() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    PostgresTarget down = target("jdbc:postgresql://127.0.0.1:" + port + "/orders");

    assertThat(failure(() -> down.create(ADMIN, login)).reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure(() -> down.prove(login, password("marker"))).reason())
        .isEqualTo(Reason.UNAVAILABLE);
    assertThat(down.health().reason()).contains("cannot be reached");
  }

  @Test
  void aServerThatSaysNothingTimesOut() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      PostgresTarget hung =
          target("jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/orders");
      org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () ->
              assertThat(failure(() -> hung.create(ADMIN, login)).reason())
                  .isEqualTo(Reason.UNAVAILABLE));
    }
  }

  @Test
  void tellsWhereItIs() {
    assertThat(target.coordinates())
        .isEqualTo(
            Map.of(
                "host",
                "127.0.0.1",
                "port",
                Integer.toString(server.port()),
                "database",
                "orders",
                "url",
                server.url("orders")));
  }

  private Login twin() {
    return new Login(/* user= */ login.twin(), /* twin= */ login.user(), login.owner());
  }

  private void grantSchema() throws SQLException {
    target.create(ADMIN, login);
    server.asSuperuser("orders", "GRANT CREATE, USAGE ON SCHEMA public TO " + login.owner());
  }

  private static void run(String user, String password, String sql) throws SQLException {
    try (Connection connection = server.open("orders", user, password);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static SecretException failure(Runnable call) {
    return catchThrowableOfType(SecretException.class, call::run);
  }

  private static PostgresTarget target(String url, String... databases) {
    List<String> declared = new ArrayList<>(List.of(databases));
    return new PostgresTarget(
        new TargetDeclaration(
            "orders", "postgresql", url, Optional.of(new SecretName("orders-admin")), declared),
        RANDOM,
        new Connections.Timeouts(2, 3));
  }

  private static SecretContent content(String user, String password) {
    return new SecretContent(
        Map.of("username", SecretValue.ofText(user), "password", SecretValue.ofText(password)));
  }

  private static SecretValue password(String text) {
    return SecretValue.ofText(text);
  }
}
