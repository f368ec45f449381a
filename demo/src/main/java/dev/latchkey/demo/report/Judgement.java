package dev.latchkey.demo.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Weighs what a run showed. Pure.
 *
 * @param rounds the rotations in their order
 * @param failedBySqlstate how many transactions failed with each SQLSTATE
 * @param firstLogins how many sessions were used of the version that the load began with
 * @param finished what the application said at its end; empty when it said nothing
 */
public record Judgement(
    List<Round> rounds,
    Map<String, Integer> failedBySqlstate,
    int logins,
    int firstLogins,
    ApplicationEvent.Progress progress,
    Optional<ApplicationEvent.Finished> finished,
    Duration duration) {

  /** What the server answers to sessions and passwords of a retired login role. */
  private static final Set<String> EXPECTED_OF_CONTROL = Set.of("57P01", "28000", "28P01");

  /**
   * The judgement on a run whose pool follows the rotation: no query may fail and every check must
   * hold.
   */
  public Summary ofSwap() {
    List<String> problems =
        rounds.stream()
            .flatMap(
                round ->
                    round.problems().stream()
                        .map(text -> "rotation " + round.number() + ": " + text))
            .collect(Collectors.toCollection(ArrayList::new));
    if (failed() > 0) {
      problems.add(failed() + " transactions failed" + states(", with SQLSTATE "));
    }
    if (!balanced()) {
      problems.add("the ledger does not hold what was committed: " + ledger());
    }
    return summary("swap", problems.isEmpty(), problems);
  }

  /**
   * The judgement on the control: it must have failed, and only as an ignored rotation makes it
   * fail.
   */
  public Summary ofControl() {
    List<String> problems = new ArrayList<>();
    Set<String> unexpected = new HashSet<>(failedBySqlstate.keySet());
    unexpected.removeAll(EXPECTED_OF_CONTROL);
    if (failed() == 0) {
      problems.add("the control did not fail, so a run without failures proves nothing");
    } else if (unexpected.size() == failedBySqlstate.size()) {
      problems.add("the control failed, but for another reason" + states(": SQLSTATE "));
    }
    return summary("control", false, problems);
  }

  private Summary summary(String mode, boolean passed, List<String> problems) {
    return new Summary(
        mode,
        passed,
        rounds.size(),
        progress.queries(),
        progress.transactions(),
        failed(),
        failedBySqlstate,
        logins,
        loginsPerVersion(),
        Percentiles.of(
            rounds.stream().map(Round::publishToUseMs).filter(ms -> !ms.isNaN()).toList()),
        rounds.stream().mapToInt(Round::sessionsOfRetired).sum(),
        rounds.stream().mapToInt(Round::endedSessions).sum(),
        (int) rounds.stream().filter(Round::oldPasswordRefused).count(),
        true,
        balanced(),
        ledger(),
        duration.toMillis() / 1000.0,
        problems);
  }

  private Map<Long, Integer> loginsPerVersion() {
    Map<Long, Integer> logins =
        rounds.stream().collect(Collectors.toMap(Round::version, Round::logins, Integer::sum));
    long first = rounds.isEmpty() ? 1 : rounds.getFirst().version() - 1;
    logins.put(first, firstLogins);
    return logins;
  }

  private long failed() {
    return Math.max(
        progress.failed(), failedBySqlstate.values().stream().mapToLong(Integer::longValue).sum());
  }

  /** Each SQLSTATE that was reported, after these words; nothing where none was. */
  private String states(String words) {
    return failedBySqlstate.isEmpty()
        ? ""
        : failedBySqlstate.keySet().stream().sorted().collect(Collectors.joining(", ", words, ""));
  }

  private boolean balanced() {
    return finished.map(ApplicationEvent.Finished::balanced).orElse(false);
  }

  private String ledger() {
    return finished.map(ApplicationEvent.Finished::ledger).orElse("not checked");
  }
}
