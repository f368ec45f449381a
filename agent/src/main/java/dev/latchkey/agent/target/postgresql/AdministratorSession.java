package dev.latchkey.agent.target.postgresql;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.target.Target.Login;
import dev.latchkey.agent.target.Target.Proof;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What the administrator does and asks in one session. Every statement stands alone and may be run
 * again.
 */
final class AdministratorSession {

  private static final int ROUNDS = 100;

  private final Connection connection;

  AdministratorSession(Connection connection) {
    this.connection = connection;
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  int version() throws SQLException {
    return Integer.parseInt(text("SELECT current_setting('server_version_num')"));
  }

  /** Makes what is missing; a role that is there keeps its password and its LOGIN. */
  void create(Login login) throws SQLException {
    if (isTrue("SELECT bool_or(rolcanlogin) FROM pg_roles WHERE rolname = ?", login.owner())) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "the owner role " + login.owner() + " can log in; it must be NOLOGIN");
    }
    createRole(login.owner());
    createRole(login.user());
    if (!isMember(login.user(), login.owner())) {
      execute(RoleSql.joinOwner(login));
    }
    if (!setsOwner(login)) {
      execute(RoleSql.setOwner(login));
    }
    if (!mayEndSessions(login.user())) {
      execute(RoleSql.mayEndSessions(login.user(), version()));
    }
  }

  private void createRole(String role) throws SQLException {
    if (!exists(role)) {
      execute(RoleSql.createRole(role));
    }
  }

  boolean exists(String role) throws SQLException {
    return isTrue("SELECT count(*) > 0 FROM pg_roles WHERE rolname = ?", role);
  }

  boolean isMember(String role, String owner) throws SQLException {
    return isTrue(
        "SELECT count(*) > 0 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
            + " JOIN pg_roles o ON o.oid = m.roleid WHERE r.rolname = ? AND o.rolname = ?",
        role,
        owner);
  }

  private boolean setsOwner(Login login) throws SQLException {
    return isTrue(
        "SELECT count(*) > 0 FROM pg_roles WHERE rolname = ? AND ? = ANY (rolconfig)",
        login.user(),
        "role=" + login.owner());
  }

  boolean mayEndSessions(String role) throws SQLException {
    return isTrue(
        "SELECT pg_has_role(current_user, 'pg_signal_backend', 'USAGE')"
            + " OR pg_has_role(current_user, ?, 'USAGE')",
        role);
  }

  /** Whether the administrator may alter and grant the role. */
  boolean mayAdminister(String role) throws SQLException {
    boolean creator =
        isTrue("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user");
    boolean superuser = isTrue("SELECT rolsuper FROM pg_roles WHERE rolname = current_user");
    return superuser
        || (creator
            && (version() < 160_000
                || isTrue(
                    "SELECT pg_has_role(current_user, ?, 'MEMBER WITH ADMIN OPTION')", role)));
  }

  int sessions(String user) throws SQLException {
    return Integer.parseInt(text("SELECT count(*) FROM pg_stat_activity WHERE usename = ?", user));
  }

  /** Ends every session of {@code user}, those included that began meanwhile, and counts them. */
  int endSessions(String user) throws SQLException {
    int ended = sessions(user);
    for (int round = 0; round < ROUNDS && sessions(user) > 0; round++) {
      execute(RoleSql.endSessions(user));
      execute("SELECT pg_sleep(0.05)");
    }
    int left = sessions(user);
    if (left > 0) {
      throw SecretException.of(
          Reason.UNAVAILABLE, left + " sessions of the retired login " + user + " did not end");
    }
    return ended;
  }

  /** How the role is; of one that sets the owner role already, no grants are looked for. */
  Found find(Login login) throws SQLException {
    String user = login.user();
    if (!exists(user)) {
      return new Found(false, false, true, true, List.of(), List.of());
    }
    boolean sets = setsOwner(login);
    return new Found(
        true,
        isTrue("SELECT rolcanlogin FROM pg_roles WHERE rolname = ?", user),
        mayAdminister(user) && (!exists(login.owner()) || mayAdminister(login.owner())),
        sets,
        databasesOwnedIn(user),
        sets ? List.of() : databases(user, "a"));
  }

  /**
   * How a login role is.
   *
   * @param opens whether it may log in
   * @param administered whether the administrator may alter it and its owner role
   * @param setsOwner whether its sessions set the owner role
   * @param ownedIn the databases in which it owns something
   * @param grantedIn the databases in which it was granted something itself
   */
  record Found(
      boolean exists,
      boolean opens,
      boolean administered,
      boolean setsOwner,
      List<String> ownedIn,
      List<String> grantedIn) {}

  /** The databases in which the role owns something. */
  List<String> databasesOwnedIn(String user) throws SQLException {
    return databases(user, "o");
  }

  private List<String> databases(String user, String dependence) throws SQLException {
    List<String> databases = new ArrayList<>();
    try (PreparedStatement statement =
        prepare(
            "SELECT DISTINCT coalesce(d.datname, current_database()) FROM pg_shdepend s JOIN"
                + " pg_roles r ON r.oid = s.refobjid LEFT JOIN pg_database d ON d.oid = s.dbid"
                + " WHERE s.refclassid = 'pg_authid'::regclass AND r.rolname = ?"
                + " AND s.deptype::text = ? ORDER BY 1",
            user,
            dependence)) {
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          databases.add(rows.getString(1));
        }
      }
    }
    return databases;
  }

  /** Whether the session is the login's own and has set the owner role. */
  static Proof whoAmI(Connection connection, Login login, String database) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT session_user, current_user")) {
      row.next();
      if (!login.user().equals(row.getString(1))) {
        return new Proof.Refused("the session in " + database + " is not " + login.user() + "'s");
      }
      return login.owner().equals(row.getString(2))
          ? new Proof.Opened()
          : new Proof.WithoutOwner(
              "the session of "
                  + login.user()
                  + " in "
                  + database
                  + " does not set the role "
                  + login.owner());
    }
  }

  boolean isTrue(String sql, String... arguments) throws SQLException {
    return "t".equals(text(sql, arguments));
  }

  private String text(String sql, String... arguments) throws SQLException {
    try (PreparedStatement statement = prepare(sql, arguments);
        ResultSet row = statement.executeQuery()) {
      String text = row.next() ? row.getString(1) : null;
      return text == null ? "" : text;
    }
  }

  private PreparedStatement prepare(String sql, String... arguments) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < arguments.length; i++) {
      statement.setString(i + 1, arguments[i]);
    }
    return statement;
  }
}
