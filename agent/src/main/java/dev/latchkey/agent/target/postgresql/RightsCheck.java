package dev.latchkey.agent.target.postgresql;

import dev.latchkey.agent.target.Target.Check;
import dev.latchkey.agent.target.Target.Login;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Tries each right that rotation needs, without changing anything. What was found is there also
 * when the server ends the session halfway.
 */
final class RightsCheck {

  private static final int OLDEST = 140_000;

  private final AdministratorSession session;
  private final String admin;
  private final List<Check> checks;

  /** Adds what it finds to {@code checks}. */
  RightsCheck(AdministratorSession session, String admin, List<Check> checks) {
    this.session = session;
    this.admin = admin;
    this.checks = checks;
  }

  void run(List<Login> logins, List<String> databases) throws SQLException {
    add("the administrator logs in", true, "as " + admin);
    int version = session.version();
    add("the server is PostgreSQL 14 or later", version >= OLDEST, "version " + version / 10_000);
    add(
        admin + " may create roles",
        session.isTrue(
            "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"),
        "needs CREATEROLE");
    Set<String> owners = new LinkedHashSet<>();
    logins.forEach(login -> owners.add(login.owner()));
    for (String owner : owners) {
      owner(owner);
    }
    for (Login login : logins) {
      login(login, databases);
    }
  }

  private void owner(String owner) throws SQLException {
    if (!session.exists(owner)) {
      add(owner + " exists", true, "not yet; it will be created");
      return;
    }
    add(
        owner + " cannot log in",
        !session.isTrue("SELECT rolcanlogin FROM pg_roles WHERE rolname = ?", owner),
        "the owner role must be NOLOGIN");
    administered(owner);
  }

  private void login(Login login, List<String> databases) throws SQLException {
    String user = login.user();
    if (!session.exists(user)) {
      add(user + " exists", true, "not yet; it will be created");
      return;
    }
    administered(user);
    boolean ends = session.mayEndSessions(user) || session.mayAdminister(user);
    add(
        admin + " may end the sessions of " + user,
        ends,
        "needs INHERIT on " + user + " or pg_signal_backend");
    boolean superuser = session.isTrue("SELECT rolsuper FROM pg_roles WHERE rolname = ?", user);
    add(user + " is no superuser", !superuser, "only a superuser may alter a superuser");
    List<String> owned = session.databasesOwnedIn(user);
    add(
        user + " owns nothing",
        owned.isEmpty(),
        owned.isEmpty() ? "" : "owns objects in " + String.join(", ", owned));
    for (String database : databases) {
      add(
          user + " may connect to " + database,
          session.isTrue("SELECT has_database_privilege(?, ?, 'CONNECT')", user, database),
          "needs GRANT CONNECT ON DATABASE");
    }
  }

  private void administered(String role) throws SQLException {
    add(
        admin + " may administer " + role,
        session.mayAdminister(role),
        "needs CREATEROLE and, from version 16 on, ADMIN OPTION on " + role);
  }

  private void add(String check, boolean passed, String detail) {
    checks.add(new Check(check, passed, passed && detail.startsWith("needs") ? "" : detail));
  }
}
