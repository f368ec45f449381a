package dev.latchkey.agent.target.postgresql;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.sql.SQLException;
import java.util.Set;

/**
 * Turns what the driver throws into the agent's exception. Only the server's primary message, which
 * never repeats a statement or a parameter, and the SQLSTATE are kept; the driver's exception goes
 * no further.
 */
final class Failures {

  private static final Set<String> LOGIN = Set.of("28P01", "28000");
  private static final Set<String> BUSY =
      Set.of("53300", "57P01", "57P02", "57P03", "55P03", "40001", "40P01");

  private Failures() {}

  static boolean isLogin(SQLException e) {
    return LOGIN.contains(state(e));
  }

  /** Whether the login role got in, as far as its password goes, but may not use the database. */
  static boolean isNoAccess(SQLException e) {
    return state(e).equals("42501") || state(e).equals("3D000");
  }

  /** A connection that could not be opened as the administrator. */
  static SecretException opening(String target, SQLException e) {
    if (isLogin(e)) {
      return SecretException.of(
          Reason.BACKEND_REFUSED,
          target + " refuses the administrator: " + message(e) + "; put its new credential");
    }
    return isNoAccess(e)
        ? SecretException.of(Reason.NOT_POSSIBLE_NOW, target + ": " + message(e))
        : running(target, e);
  }

  /** A statement of the administrator that failed. */
  static SecretException running(String target, SQLException e) {
    String state = state(e);
    if (state.equals("42501")) {
      return SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          target + ": a grant is missing: " + message(e) + "; target check --sql prints it");
    }
    if (state.startsWith("08") || state.isEmpty() || BUSY.contains(state)) {
      return SecretException.of(
          Reason.UNAVAILABLE, target + " cannot be reached or answers too late: " + message(e));
    }
    return SecretException.of(Reason.NOT_POSSIBLE_NOW, target + ": " + message(e));
  }

  /**
   * The server's primary message; nothing of what the driver says of a connection it did not get.
   */
  static String message(SQLException e) {
    String state = state(e);
    return state.isEmpty() || state.startsWith("08")
        ? "no answer" + (state.isEmpty() ? "" : " (SQLSTATE " + state + ")")
        : e.getMessage() + " (SQLSTATE " + state + ")";
  }

  private static String state(SQLException e) {
    return e.getSQLState() == null ? "" : e.getSQLState();
  }
}
