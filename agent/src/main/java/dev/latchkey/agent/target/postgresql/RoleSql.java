package dev.latchkey.agent.target.postgresql;

import static dev.latchkey.agent.target.postgresql.RoleName.identifier;
import static dev.latchkey.agent.target.postgresql.RoleName.literal;

import dev.latchkey.agent.target.Target.Login;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/** The statements, each of which may be run again. A pure function of names. */
final class RoleSql {

  static final String VERIFIER = "<verifier>";

  private RoleSql() {}

  static String createRole(String role) {
    return "CREATE ROLE " + identifier(role) + " NOLOGIN";
  }

  static String joinOwner(Login login) {
    return "GRANT " + identifier(login.owner()) + " TO " + identifier(login.user());
  }

  static String setOwner(Login login) {
    return "ALTER ROLE " + identifier(login.user()) + " SET role = " + literal(login.owner());
  }

  /** Lets the administrator end the role's sessions, and no more. */
  static String mayEndSessions(String role, int serverVersion) {
    String grant = "GRANT " + identifier(role) + " TO CURRENT_USER";
    return serverVersion >= 160_000 ? grant + " WITH INHERIT TRUE, SET FALSE" : grant;
  }

  static String open(Login login, String verifier) {
    return "ALTER ROLE "
        + identifier(login.user())
        + " WITH LOGIN PASSWORD '"
        + verifier
        + "' VALID UNTIL 'infinity'";
  }

  static String shut(Login login, String verifier) {
    return "ALTER ROLE " + identifier(login.user()) + " WITH NOLOGIN PASSWORD '" + verifier + "'";
  }

  static String endSessions(String user) {
    return "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = "
        + literal(user);
  }

  static List<String> create(Login login) {
    return List.of(
        createRole(login.owner()),
        createRole(login.user()),
        joinOwner(login),
        setOwner(login),
        mayEndSessions(login.user(), 160_000));
  }

  /**
   * What an administrator runs once, as a superuser, on any version from 14 on. That the sessions
   * of a login role set the owner role is left to its rotation or adoption: it would take from a
   * user that works what it was granted itself.
   */
  static List<String> grants(String admin, List<Login> logins, List<String> databases) {
    Set<String> roles = new LinkedHashSet<>();
    logins.forEach(login -> roles.add(login.owner()));
    logins.forEach(login -> roles.add(login.user()));
    Set<String> sql = new LinkedHashSet<>();
    sql.add("-- the administrator; give it a password of your own with \\password " + admin);
    sql.add(createUnlessThere(admin, "LOGIN CREATEROLE"));
    sql.add("ALTER ROLE " + identifier(admin) + " CREATEROLE;");
    roles.forEach(role -> sql.add(createUnlessThere(role, "NOLOGIN")));
    roles.forEach(role -> sql.add(administer(role, admin)));
    logins.forEach(login -> sql.add(joinOwner(login) + ";"));
    for (String database : databases) {
      logins.forEach(
          login ->
              sql.add(
                  "GRANT CONNECT ON DATABASE "
                      + identifier(database)
                      + " TO "
                      + identifier(login.owner())
                      + ";"));
    }
    return List.copyOf(sql);
  }

  /**
   * What makes a user that works on its own one of a pair that owns nothing.
   *
   * @param grants by database, what it was granted itself, as statements for the owner role
   */
  static List<String> takeOver(
      String admin,
      Login login,
      AdministratorSession.Found found,
      SortedMap<String, List<String>> grants) {
    List<String> sql = new ArrayList<>();
    if (!found.administered() || !found.ownedIn().isEmpty() || !grants.isEmpty()) {
      sql.add(createUnlessThere(login.owner(), "NOLOGIN"));
    }
    if (!found.administered()) {
      sql.add(administer(login.owner(), admin));
      sql.add(administer(login.user(), admin));
    }
    Set<String> databases = new TreeSet<>(found.ownedIn());
    databases.addAll(grants.keySet());
    for (String database : databases) {
      sql.add("\\connect " + identifier(database));
      if (found.ownedIn().contains(database)) {
        sql.add(reassign(login));
      }
      sql.addAll(grants.getOrDefault(database, List.of()));
    }
    if (!found.ownedIn().isEmpty()) {
      sql.add(joinOwner(login) + ";");
      sql.add(setOwner(login) + ";");
    }
    return sql;
  }

  private static String reassign(Login login) {
    return "REASSIGN OWNED BY "
        + identifier(login.user())
        + " TO "
        + identifier(login.owner())
        + ";";
  }

  /** Lets the administrator see what a login role was granted in a database. */
  static String mayConnect(String admin, String database) {
    return "GRANT CONNECT ON DATABASE " + identifier(database) + " TO " + identifier(admin) + ";";
  }

  private static String createUnlessThere(String role, String attributes) {
    return "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = "
        + literal(role)
        + ") THEN CREATE ROLE "
        + identifier(role)
        + " "
        + attributes
        + "; END IF; END $$;";
  }

  private static String administer(String role, String admin) {
    String grant = "GRANT " + identifier(role) + " TO " + identifier(admin);
    return "DO $$ BEGIN IF current_setting('server_version_num')::int >= 160000 THEN EXECUTE "
        + "$sql$"
        + grant
        + " WITH ADMIN TRUE, INHERIT TRUE, SET FALSE$sql$; ELSE "
        + grant
        + " WITH ADMIN OPTION; END IF; END $$;";
  }
}
