package dev.latchkey.agent.target.postgresql;

import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.target.Target;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Login roles of PostgreSQL 14 and later, rotated by an administrator that need not be a superuser.
 *
 * <p>Only SCRAM-SHA-256 verifiers made here are sent, so that no password reaches the server or its
 * log. Every call opens connections of its own and closes them; each waits a few seconds at most
 * for any answer.
 */
public final class PostgresTarget implements Target {

  private static final Connections.Timeouts TIMEOUTS = new Connections.Timeouts(3, 8);

  private final String name;
  private final PostgresUrl url;
  private final List<String> databases;
  private final Connections connections;
  private final SecureRandom random;
  private volatile ComponentHealth health;

  public PostgresTarget(TargetDeclaration declaration, SecureRandom random) {
    this(declaration, random, TIMEOUTS);
  }

  PostgresTarget(
      TargetDeclaration declaration, SecureRandom random, Connections.Timeouts timeouts) {
    this.name = "target " + declaration.name();
    this.url = PostgresUrl.parse(declaration.url());
    this.databases =
        declaration.databases().isEmpty() ? List.of(url.database()) : declaration.databases();
    this.connections = new Connections(name, url, timeouts);
    this.random = random;
    this.health = ComponentHealth.healthy(name);
  }

  /** How the last call went; nothing is asked for it. */
  @Override
  public ComponentHealth health() {
    return health;
  }

  @Override
  public void create(SecretContent admin, Login login) {
    run(admin, session -> session.create(login));
  }

  @Override
  public void set(SecretContent admin, Login login, SecretValue password) {
    String verifier = ScramVerifier.of(password, random);
    run(admin, session -> session.execute(RoleSql.open(login, verifier)));
  }

  @Override
  public Proof prove(Login login, SecretValue password) {
    Proof all = new Proof.Opened();
    for (String database : databases) {
      switch (prove(login, password, database)) {
        case Proof.Opened opened -> {}
        case Proof.WithoutOwner without -> all = without;
        case Proof.Refused refused -> {
          return refused;
        }
      }
    }
    return all;
  }

  private Proof prove(Login login, SecretValue password, String database) {
    try (Connection connection = connections.open(database, login.user(), password)) {
      return AdministratorSession.whoAmI(connection, login, database);
    } catch (SQLException e) {
      if (Failures.isLogin(e) || Failures.isNoAccess(e)) {
        return new Proof.Refused(
            "the login "
                + login.user()
                + " is refused in "
                + database
                + ": "
                + Failures.message(e));
      }
      throw unavailable(Failures.running(name, e));
    }
  }

  @Override
  public int sessions(SecretContent admin, Login login) {
    return call(admin, session -> session.sessions(login.user()));
  }

  @Override
  public Retirement retire(SecretContent admin, Login login, SecretValue password) {
    int ended =
        call(
            admin,
            session -> {
              session.execute(RoleSql.shut(login, ScramVerifier.ofNobody(random)));
              return session.endSessions(login.user());
            });
    for (String database : databases) {
      probe(login, password, database);
    }
    return new Retirement(ended);
  }

  /** A login that must fail now. */
  private void probe(Login login, SecretValue password, String database) {
    if (opens(database, login.user(), password)) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          name
              + ": the retired login "
              + login.user()
              + " still opens "
              + database
              + "; pg_hba.conf must not trust it");
    }
  }

  private boolean opens(String database, String user, SecretValue password) {
    try {
      connections.open(database, user, password).close();
      return true;
    } catch (SQLException e) {
      if (Failures.isLogin(e)) {
        return false;
      }
      throw unavailable(Failures.running(name, e));
    }
  }

  @Override
  public Inspection inspect(SecretContent admin, Login login) {
    String user = Connections.user(admin);
    AdministratorSession.Found found = call(admin, session -> session.find(login));
    SortedMap<String, List<String>> grants = grants(admin, login, found);
    return new Inspection(
        found.exists(), found.opens(), RoleSql.takeOver(user, login, found, grants));
  }

  /** What the login role alone was granted, by database; shared things count to the url's. */
  private SortedMap<String, List<String>> grants(
      SecretContent admin, Login login, AdministratorSession.Found found) {
    SortedMap<String, List<String>> grants = new TreeMap<>();
    if (!found.setsOwner()) {
      Set<String> places = new TreeSet<>(found.grantedIn());
      places.add(url.database());
      for (String database : places) {
        List<String> missing = grants(admin, login, database);
        if (!missing.isEmpty()) {
          grants.put(database, missing);
        }
      }
    }
    return grants;
  }

  private List<String> grants(SecretContent admin, Login login, String database) {
    try (Connection connection = connections.administrator(admin, database)) {
      return new OwnGrants(connection).missing(login, database.equals(url.database()));
    } catch (SQLException e) {
      if (Failures.isNoAccess(e)) {
        return List.of(
            RoleSql.mayConnect(Connections.user(admin), database),
            "-- then ask again: what " + login.user() + " may do here is not known yet");
      }
      throw unavailable(Failures.running(name, e));
    }
  }

  @Override
  public Map<String, String> coordinates() {
    return url.coordinates();
  }

  @Override
  public List<Check> check(SecretContent admin, List<Login> logins) {
    List<Check> checks = new ArrayList<>();
    try {
      run(
          admin,
          session ->
              new RightsCheck(session, Connections.user(admin), checks).run(logins, databases));
      checks.add(wrongPasswordIsRefused(admin));
    } catch (SecretException e) {
      checks.add(endOf(checks, e));
    }
    return List.copyOf(checks);
  }

  /** What ended the checks, as the one that failed; the checks are empty when no session opened. */
  private static Check endOf(List<Check> checks, SecretException e) {
    if (!checks.isEmpty()) {
      return new Check("the server answers to the end", false, e.safeMessage());
    }
    if (e.reason() == Reason.UNAVAILABLE) {
      throw e; // What was not looked at may well have every right.
    }
    return new Check("the administrator logs in", false, e.safeMessage());
  }

  /** Without this, no proof of a login proves anything. */
  private Check wrongPasswordIsRefused(SecretContent admin) {
    String check = "a wrong password is refused";
    byte[] wrong = new byte[16];
    random.nextBytes(wrong);
    SecretValue password = SecretValue.ofText(HexFormat.of().formatHex(wrong));
    return opens(url.database(), Connections.user(admin), password)
        ? new Check(check, false, "any password opens; set pg_hba.conf to scram-sha-256 and reload")
        : new Check(check, true, "refused");
  }

  @Override
  public List<String> grants(String adminUser, List<Login> logins) {
    return RoleSql.grants(adminUser, logins, databases);
  }

  @Override
  public List<String> statements(Step step, Login login) {
    return switch (step) {
      case CREATE -> RoleSql.create(login);
      case SET -> List.of(RoleSql.open(login, RoleSql.VERIFIER));
      case RETIRE ->
          List.of(RoleSql.shut(login, RoleSql.VERIFIER), RoleSql.endSessions(login.user()));
    };
  }

  private void run(SecretContent admin, Action action) {
    this.<Boolean>call(
        admin,
        session -> {
          action.run(session);
          return true;
        });
  }

  private <T> T call(SecretContent admin, Work<T> work) {
    try (Connection connection = connections.administrator(admin)) {
      T result = work.run(new AdministratorSession(connection));
      health = ComponentHealth.healthy(name);
      return result;
    } catch (SQLException e) {
      throw unavailable(Failures.running(name, e));
    } catch (SecretException e) {
      throw unavailable(e);
    }
  }

  private SecretException unavailable(SecretException e) {
    health = ComponentHealth.degraded(name, e.safeMessage());
    return e;
  }

  /** Something done in an administrator's session. */
  private interface Action {
    void run(AdministratorSession session) throws SQLException;
  }

  /** Something asked in an administrator's session. */
  private interface Work<T> {
    T run(AdministratorSession session) throws SQLException;
  }
}
