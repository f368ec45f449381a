package dev.latchkey.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Reads what an SQLSTATE says of a failure. Pure. */
final class SqlStates {

  /** The transaction's outcome is unknown. */
  static final String OUTCOME_UNKNOWN = "08007";

  /** The connection cannot be made. */
  static final String CANNOT_CONNECT = "08001";

  private SqlStates() {}

  /**
   * Class 28: the database refuses the login itself, such as a wrong password or a login that may
   * not log in.
   */
  static boolean isLoginRefused(SQLException failure) {
    return stateStartsWith(failure, "28");
  }

  /**
   * The connection is gone and whatever it had begun is undone: class 08, and a server that ended
   * the session.
   */
  static boolean isConnectionLost(@Nullable Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < 16; depth++, at = at.getCause()) {
      if (at instanceof SQLException sql
          && !OUTCOME_UNKNOWN.equals(sql.getSQLState())
          && (stateStartsWith(sql, "08")
              || stateStartsWith(sql, "57P01")
              || stateStartsWith(sql, "57P02"))) {
        return true;
      }
    }
    return false;
  }

  private static boolean stateStartsWith(SQLException failure, String prefix) {
    String state = failure.getSQLState();
    return state != null && state.startsWith(prefix);
  }
}
