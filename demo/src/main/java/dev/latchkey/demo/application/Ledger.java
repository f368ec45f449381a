package dev.latchkey.demo.application;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The table that the transfers write: every transfer has two entries that sum to nothing. */
public final class Ledger {

  private static final String AUDIT =
      "SELECT count(*), coalesce(sum(amount), 0),"
          + " (SELECT count(*) FROM (SELECT transfer FROM ledger GROUP BY transfer"
          + " HAVING sum(amount) <> 0 OR count(*) <> 2) AS broken)"
          + " FROM ledger";

  private Ledger() {}

  /** The statements that make it, as an object of the role {@code owner}. */
  public static List<String> statements(String owner) {
    return List.of(
        "CREATE TABLE ledger (entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            + " transfer uuid NOT NULL, amount integer NOT NULL)",
        "ALTER TABLE ledger OWNER TO \"" + owner + "\"");
  }

  /**
   * Holds the table against what was committed.
   *
   * @param transfers how many transfers the application knows to be committed
   */
  static Audit audit(Connection connection, long transfers) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(AUDIT)) {
      result.next();
      return new Audit(transfers, result.getLong(1), result.getLong(2), result.getLong(3));
    }
  }

  /**
   * What the books say.
   *
   * @param transfers committed, as the application knows
   * @param entries in the table; negative when it could not be read
   * @param sum of all amounts
   * @param broken transfers that do not have two entries summing to nothing
   */
  record Audit(long transfers, long entries, long sum, long broken) {

    /** The books could not be read. */
    static Audit unread(long transfers) {
      return new Audit(transfers, -1, 0, 0);
    }

    boolean balanced() {
      return entries == 2 * transfers && sum == 0 && broken == 0;
    }

    String words() {
      if (entries < 0) {
        return "%d transfers, the ledger could not be read".formatted(transfers);
      }
      return "%d transfers, %d entries, sum %d, %d broken"
          .formatted(transfers, entries, sum, broken);
    }
  }
}
