package dev.latchkey.agent.target.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.target.Target.Inspection;
import dev.latchkey.agent.target.Target.Login;
import dev.latchkey.agent.target.Target.Proof;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Takes over users of a real server that worked on their own, and keeps them working. */
final class TakeOverTest {

  private static final String ADMIN_PASSWORD = "admin-marker-5e1a";
  private static final SecretContent ADMIN = content("latchkey_admin", ADMIN_PASSWORD);
  private static final String LEGACY = "legacy-marker-2";

  private static RealPostgres server;
  private static PostgresTarget target;
  private static int count;

  private Login login = new Login("none_a", "none_b", "none_owner");

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException, SQLException {
    server = new RealPostgres(directory);
    target =
        new PostgresTarget(
            new TargetDeclaration(
                "orders",
                "postgresql",
                server.url("orders"),
                Optional.of(new SecretName("orders-admin")),
                List.of("orders", "billing")),
            new SecureRandom(),
            new Connections.Timeouts(2, 3));
    server.asSuperuser("postgres", "CREATE DATABASE orders", "CREATE DATABASE billing");
    server.asSuperuser("postgres", "CREATE DATABASE locked");
    server.quietly("CREATE ROLE latchkey_admin LOGIN CREATEROLE PASSWORD '" + ADMIN_PASSWORD + "'");
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @BeforeEach
  void legacyUser() throws SQLException {
    count++;
    login = new Login("l" + count + "_a", "l" + count + "_b", "l" + count + "_owner");
    server.quietly("CREATE ROLE " + login.user() + " LOGIN PASSWORD '" + LEGACY + "'");
  }

  /** What an administrator does once, so that the agent may alter the user. */
  private void letAdminister() throws SQLException {
    runAsPrinted(target.inspect(ADMIN, login).administratorSql());
  }

  private static void runAsPrinted(List<String> sql) throws SQLException {
    String database = "orders";
    for (String line : sql) {
      if (line.startsWith("\\connect ")) {
        database = line.substring("\\connect ".length()).replace("\"", "");
      } else if (!line.startsWith("--")) {
        server.asSuperuser(database, line);
      }
    }
  }

  private static void run(String database, String user, String sql) throws SQLException {
    try (Connection connection = server.open(database, user, LEGACY);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Proof proof() {
    return target.prove(login, SecretValue.ofText(LEGACY));
  }

  @Test
  void aUserThatOwnsNothingIsProvedByItsPasswordBeforeItSetsTheOwnerRole() throws SQLException {
    assertThat(target.inspect(ADMIN, login).administratorSql()).isNotEmpty();
    letAdminister();

    assertThat(target.inspect(ADMIN, login)).isEqualTo(new Inspection(true, true, List.of()));
    assertThat(proof()).isInstanceOf(Proof.WithoutOwner.class);
    target.create(ADMIN, login);
    assertThat(proof()).isEqualTo(new Proof.Opened());
  }

  @Test
  void aWrongPasswordIsRefusedWhateverTheRoleSets() throws SQLException {
    letAdminister();
    assertThat(target.prove(login, SecretValue.ofText("wrong"))).isInstanceOf(Proof.Refused.class);
    server.asSuperuser("postgres", "REVOKE CONNECT ON DATABASE billing FROM PUBLIC");
    try {
      assertThat(proof()).isInstanceOf(Proof.Refused.class);
    } finally {
      server.asSuperuser("postgres", "GRANT CONNECT ON DATABASE billing TO PUBLIC");
    }
  }

  @Test
  void aUserThatOwnsTablesIsTakenOverByTheAdministratorsSql() throws SQLException {
    server.asSuperuser("orders", "GRANT CREATE ON SCHEMA public TO " + login.user());
    run("orders", login.user(), "CREATE TABLE public.legacy_" + login.user() + " (id int)");
    Inspection before = target.inspect(ADMIN, login);
    assertThat(before.opens()).isTrue();
    assertThat(before.administratorSql())
        .anyMatch(sql -> sql.startsWith("REASSIGN OWNED BY"))
        .anyMatch(sql -> sql.startsWith("GRANT CREATE ON SCHEMA public TO"));

    runAsPrinted(before.administratorSql());

    assertThat(target.inspect(ADMIN, login)).isEqualTo(new Inspection(true, true, List.of()));
    target.create(ADMIN, login);
    assertThat(proof()).isEqualTo(new Proof.Opened());
    assertThat(
            server.ask(
                "orders",
                "SELECT tableowner FROM pg_tables WHERE tablename = 'legacy_" + login.user() + "'"))
        .isEqualTo(login.owner());
  }

  @Test
  void whatAUserWasGrantedItselfIsGivenToTheOwnerRoleBeforeItSetsThatRole() throws SQLException {
    String user = login.user();
    String own = "own_" + user;
    server.asSuperuser(
        "orders",
        "CREATE ROLE reading_" + user,
        "GRANT reading_" + user + " TO " + user,
        "CREATE SCHEMA " + own,
        "CREATE TABLE " + own + ".lines (id serial, note text, price int)",
        "INSERT INTO " + own + ".lines (note, price) VALUES ('a', 1)",
        "CREATE TABLE " + own + ".\"Odd One\" (id int)",
        "CREATE FUNCTION " + own + ".twice(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2'",
        "REVOKE ALL ON FUNCTION " + own + ".twice(int) FROM PUBLIC",
        "GRANT USAGE ON SCHEMA " + own + " TO " + user,
        "GRANT SELECT (id, note), UPDATE (note) ON " + own + ".lines TO " + user,
        "GRANT INSERT ON " + own + ".lines TO " + user,
        "GRANT USAGE ON SEQUENCE " + own + ".lines_id_seq TO " + user,
        "GRANT SELECT ON " + own + ".\"Odd One\" TO " + user + " WITH GRANT OPTION",
        "GRANT EXECUTE ON FUNCTION " + own + ".twice(int) TO " + user,
        "ALTER DEFAULT PRIVILEGES IN SCHEMA " + own + " GRANT SELECT ON TABLES TO " + user,
        "GRANT CREATE ON DATABASE orders TO " + user);
    server.asSuperuser(
        "billing",
        "CREATE TABLE public.bills_" + user + " (id int)",
        "GRANT SELECT ON public.bills_" + user + " TO reading_" + user,
        "CREATE TABLE public.dues_" + user + " (id int)",
        "GRANT SELECT, DELETE ON public.dues_" + user + " TO " + user);
    List<String> uses =
        List.of(
            "UPDATE " + own + ".lines SET note = 'b' WHERE id = 1",
            "INSERT INTO " + own + ".lines (note, price) VALUES ('c', 2)",
            "GRANT SELECT ON " + own + ".\"Odd One\" TO reading_" + user,
            "SELECT " + own + ".twice(2)",
            "CREATE SCHEMA made_by_" + user + "; DROP SCHEMA made_by_" + user);

    Inspection before = target.inspect(ADMIN, login);

    String owner = " TO \"" + login.owner() + "\"";
    assertThat(before.administratorSql())
        .contains(
            "GRANT reading_" + user + owner + ";",
            "GRANT USAGE ON SCHEMA " + own + owner + ";",
            "GRANT SELECT ON TABLE " + own + ".\"Odd One\"" + owner + " WITH GRANT OPTION;",
            "GRANT CREATE ON DATABASE orders" + owner + ";",
            "GRANT DELETE, SELECT ON TABLE public.dues_" + user + owner + ";")
        .noneMatch(sql -> sql.contains("SET role"));
    runAsPrinted(before.administratorSql());
    assertThat(target.inspect(ADMIN, login)).isEqualTo(new Inspection(true, true, List.of()));
    target.create(ADMIN, login);
    assertThat(proof()).isEqualTo(new Proof.Opened());
    for (String use : uses) {
      run("orders", user, use);
    }
    server.asSuperuser("orders", "CREATE TABLE " + own + ".later (id int)");
    run("orders", user, "SELECT * FROM " + own + ".later");
    run("billing", user, "SELECT * FROM public.bills_" + user);
    run("billing", user, "DELETE FROM public.dues_" + user + " WHERE id = (SELECT 1)");
    assertThatThrownBy(() -> run("orders", user, "SELECT price FROM " + own + ".lines"))
        .isInstanceOf(SQLException.class);
  }

  @Test
  void aDatabaseThatTheAdministratorCannotLookIntoIsNamedRatherThanPassedOver()
      throws SQLException {
    server.asSuperuser(
        "locked",
        "REVOKE CONNECT ON DATABASE locked FROM PUBLIC",
        "CREATE TABLE public.locked_" + login.user() + " (id int)",
        "GRANT SELECT ON public.locked_" + login.user() + " TO " + login.user());
    letAdminister();

    Inspection again = target.inspect(ADMIN, login);
    assertThat(again.administratorSql())
        .contains(
            "GRANT SELECT ON TABLE public.locked_"
                + login.user()
                + " TO \""
                + login.owner()
                + "\";");
    runAsPrinted(again.administratorSql());
    assertThat(target.inspect(ADMIN, login).administratorSql()).isEmpty();
    server.asSuperuser("locked", "REVOKE CONNECT ON DATABASE locked FROM latchkey_admin");
  }

  @Test
  void thePrintedGrantsTakeNothingFromAUserThatWorks() throws SQLException {
    String table = "public.kept_" + login.user();
    server.asSuperuser(
        "orders",
        "CREATE TABLE " + table + " (id int)",
        "GRANT SELECT ON " + table + " TO " + login.user());

    runAsPrinted(target.grants("latchkey_admin", List.of(login)));

    run("orders", login.user(), "SELECT * FROM " + table);
  }

  private static SecretContent content(String user, String password) {
    return new SecretContent(
        Map.of("username", SecretValue.ofText(user), "password", SecretValue.ofText(password)));
  }
}
