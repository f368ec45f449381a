package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/** What SQLite could not do; carries it from the ports to the edge of the transaction. */
final class StoreFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final int PRIMARY_CODE = 0xff;

  private final int code;

  StoreFailure(SQLException cause) {
    super(cause);
    this.code = cause.getErrorCode() & PRIMARY_CODE;
  }

  /** The failure as those who asked may see it: nothing of the transaction was kept. */
  SecretException toSecretException() {
    if (code == SQLiteErrorCode.SQLITE_FULL.code) {
      return unavailable(
          "the state store's disk is full: nothing was changed; free space on its file system");
    }
    if (code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code) {
      return unavailable(
          "the state store is locked by another program: nothing was changed; end that program");
    }
    if (code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
      return SecretException.of(
          Reason.INTERNAL,
          "the state store is damaged: stop the agent and restore the newest backup",
          this);
    }
    if (code == SQLiteErrorCode.SQLITE_CONSTRAINT.code
        || code == SQLiteErrorCode.SQLITE_ERROR.code
        || code == SQLiteErrorCode.SQLITE_MISUSE.code) {
      return SecretException.of(Reason.INTERNAL, "the state store refused a statement", this);
    }
    return unavailable(
        "the state store cannot be written: nothing was changed; see its file system");
  }

  private SecretException unavailable(String message) {
    return SecretException.of(Reason.UNAVAILABLE, message, this);
  }
}
