package dev.latchkey.demo.database;

/** How a login attempt ended. */
public sealed interface LoginOutcome {

  /** The server let the user in. */
  record Accepted() implements LoginOutcome {}

  /** The server refused the user or the password, with SQLSTATE 28000 or 28P01. */
  record Refused(String sqlState) implements LoginOutcome {}

  /** The attempt proves nothing: it failed in another way. */
  record Unclear(String sqlState) implements LoginOutcome {}

  /** The outcome in a few words, for a table. */
  default String words() {
    return switch (this) {
      case Accepted accepted -> "accepted";
      case Refused refused -> "refused " + refused.sqlState();
      case Unclear unclear -> "unclear " + unclear.sqlState();
    };
  }
}
