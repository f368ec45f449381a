package dev.latchkey.demo.report;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the whole run came to; the object that {@code --json} prints.
 *
 * @param mode {@code swap}, or {@code control} for the run that must fail
 * @param passed whether everything was as it must be; never true for the control
 * @param rotations how many versions were published after the first
 * @param failedBySqlstate how many transactions failed with each SQLSTATE
 * @param logins how many sessions the application used in all
 * @param loginsPerVersion how many new ones it used of each version
 * @param publishToUseMs from each publish to the first transaction as the new login role
 * @param sessionsOfRetired sessions of retired roles found after their retirement
 * @param endedSessions sessions that had to be ended at retirements
 * @param oldPasswordRefused how many retired passwords were refused by a login
 * @param wrongPasswordRefused whether a wrong password was refused before everything else
 * @param ledger what the check of the books found, in words
 * @param problems what was not as it must be
 */
public record Summary(
    String mode,
    boolean passed,
    int rotations,
    long queries,
    long transactions,
    long failed,
    Map<String, Integer> failedBySqlstate,
    int logins,
    Map<Long, Integer> loginsPerVersion,
    Percentiles publishToUseMs,
    int sessionsOfRetired,
    int endedSessions,
    int oldPasswordRefused,
    boolean wrongPasswordRefused,
    boolean ledgerBalanced,
    String ledger,
    double durationSeconds,
    List<String> problems) {

  private static final Gson GSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .disableHtmlEscaping()
          .create();

  public Summary {
    failedBySqlstate = new TreeMap<>(failedBySqlstate);
    loginsPerVersion = new TreeMap<>(loginsPerVersion);
    problems = List.copyOf(problems);
  }

  /** How many failed, and with what, where any did. */
  String failures() {
    return failedBySqlstate.isEmpty()
        ? failed + " failed"
        : failedBySqlstate.entrySet().stream()
            .map(state -> state.getKey() + " " + state.getValue() + " times")
            .collect(Collectors.joining(", ", failed + " failed (SQLSTATE ", ")"));
  }

  /** The summary as one line of JSON. */
  public String json() {
    return GSON.toJson(this);
  }

  /** The summary for a reader, in lines. */
  public List<String> lines() {
    return List.of(
        "%d rotations, %,d queries in %,d transactions, %s in %.0f s"
            .formatted(rotations, queries, transactions, failures(), durationSeconds),
        "%d logins; publish to first use: p50 %.1f ms, p99 %.1f ms of %d"
            .formatted(logins, publishToUseMs.p50(), publishToUseMs.p99(), publishToUseMs.count()),
        "sessions of retired roles left: %d; old passwords refused: %d of %d; ledger: %s"
            .formatted(sessionsOfRetired, oldPasswordRefused, rotations, ledger));
  }
}
