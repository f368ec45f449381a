package dev.latchkey.agent.target;

import dev.latchkey.agent.lifecycle.Health;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretValue;
import java.util.List;
import java.util.Map;

/**
 * A system whose login roles are rotated. Called on virtual threads only; every change is
 * idempotent and may be replayed with the same arguments. No password is ever sent to the target in
 * clear.
 *
 * <p>Each call opens and closes its own administrator's session with {@code admin}; BACKEND_REFUSED
 * when the target refuses the administrator, UNAVAILABLE when it cannot be reached,
 * NOT_POSSIBLE_NOW when a grant is missing.
 */
public interface Target extends Health {

  /**
   * Creates the owner role and the login role where missing, with every grant; changes no password
   * that works.
   */
  void create(SecretContent admin, Login login);

  /** Gives the login role the password, as a verifier made here, and lets it log in. */
  void set(SecretContent admin, Login login, SecretValue password);

  /** Tries a real login with the password in every declared database. */
  Proof prove(Login login, SecretValue password);

  /** How the login role is now; changes nothing. */
  Inspection inspect(SecretContent admin, Login login);

  /** Where the target is reached, as fields of a credential: host, port, database, url. */
  Map<String, String> coordinates();

  /** How many sessions the login role has open. */
  int sessions(SecretContent admin, Login login);

  /**
   * Retires the login role: NOLOGIN and a random verifier, then its sessions are ended, then a
   * probe login with {@code password} must be refused.
   */
  Retirement retire(SecretContent admin, Login login, SecretValue password);

  /**
   * Proves each right that rotation needs; what the target refuses is a check that did not pass.
   *
   * @throws dev.latchkey.agent.secret.SecretException UNAVAILABLE when it cannot be reached at all;
   *     what ends the checks halfway is one that did not pass, beside those that were made
   */
  List<Check> check(SecretContent admin, List<Login> logins);

  /** The SQL, or the like, that an administrator runs to grant what rotation needs. */
  List<String> grants(String adminUser, List<Login> logins);

  /** What each step would send, with placeholders for verifiers. */
  List<String> statements(Step step, Login login);

  /**
   * A login role of a pair.
   *
   * @param owner the NOLOGIN role that both roles of the pair set
   */
  record Login(String user, String twin, String owner) {}

  /**
   * How a retirement went.
   *
   * @param endedSessions how many sessions had to be ended
   */
  record Retirement(int endedSessions) {}

  /** What a try to log in brought. */
  sealed interface Proof {

    /** The login opened everywhere and was the one meant. */
    record Opened() implements Proof {}

    /**
     * The password opened everywhere, but the sessions do not act as the owner role yet, which
     * {@link #create} makes them do; {@code why} is a safe sentence.
     */
    record WithoutOwner(String why) implements Proof {}

    /** The target refused it; {@code why} is a safe sentence. */
    record Refused(String why) implements Proof {}
  }

  /**
   * How a login role is.
   *
   * @param exists whether there is such a role
   * @param opens whether it may log in
   * @param administratorSql what an administrator must run before rotation can take it over; empty
   *     for nothing
   */
  record Inspection(boolean exists, boolean opens, List<String> administratorSql) {

    public Inspection {
      administratorSql = List.copyOf(administratorSql);
    }
  }

  /** One right that was tried. */
  record Check(String name, boolean passed, String detail) {}

  /** What a statement belongs to. */
  enum Step {
    CREATE,
    SET,
    RETIRE
  }
}
