package dev.latchkey.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgementTest {

  private static final Round GOOD = round(1, 2, 8, 12.5, 0, true).judged(8);

  @Test
  void passesARunWithoutFailuresWhoseChecksAllHeld() {
    Summary summary = judgement(List.of(GOOD), Map.of(), true).ofSwap();

    assertThat(summary.passed()).isTrue();
    assertThat(summary.problems()).isEmpty();
    assertThat(summary.publishToUseMs()).isEqualTo(new Percentiles(12.5, 12.5, 1));
    assertThat(summary.loginsPerVersion()).isEqualTo(Map.of(1L, 8, 2L, 8));
  }

  @Test
  void failsARunWithOneFailedTransaction() {
    Summary summary = judgement(List.of(GOOD), Map.of("57P01", 1), true).ofSwap();

    assertThat(summary.passed()).isFalse();
    assertThat(summary.failed()).isEqualTo(1);
    assertThat(summary.problems()).containsExactly("1 transactions failed, with SQLSTATE 57P01");
  }

  @Test
  void namesNoSqlstateWhereNoneWasReported() {
    Judgement judgement =
        new Judgement(
            List.of(GOOD),
            Map.of(),
            16,
            8,
            new ApplicationEvent.Progress(100, 90, 3),
            Optional.of(new ApplicationEvent.Finished(100, 90, 3, true, "words")),
            Duration.ofSeconds(5));

    assertThat(judgement.ofSwap().problems()).containsExactly("3 transactions failed");
    assertThat(judgement.ofControl().problems())
        .containsExactly("the control failed, but for another reason");
  }

  @Test
  void failsARunWhoseLedgerDoesNotBalance() {
    assertThat(judgement(List.of(GOOD), Map.of(), false).ofSwap().passed()).isFalse();
  }

  @Test
  void failsARunWhoseApplicationNeverReportedItsEnd() {
    Judgement judgement =
        new Judgement(
            List.of(GOOD),
            Map.of(),
            16,
            8,
            new ApplicationEvent.Progress(100, 90, 0),
            Optional.empty(),
            Duration.ofSeconds(5));

    assertThat(judgement.ofSwap().passed()).isFalse();
  }

  @Test
  void namesTheRotationOfEachBrokenCheck() {
    Round broken = round(3, 4, 7, Double.NaN, 2, false).judged(8);

    Summary summary = judgement(List.of(GOOD, broken), Map.of(), true).ofSwap();

    assertThat(summary.passed()).isFalse();
    assertThat(summary.problems())
        .containsExactly(
            "rotation 3: only 7 of at least 8 new logins as orders_b",
            "rotation 3: 2 sessions of the retired orders_a are left",
            "rotation 3: the old password of orders_a was accepted");
    assertThat(summary.publishToUseMs().count()).isEqualTo(1);
  }

  @Test
  void neverPassesTheControlEvenWhenItFailedAsItMust() {
    Summary summary = judgement(List.of(GOOD), Map.of("57P01", 8, "28000", 3), false).ofControl();

    assertThat(summary.passed()).isFalse();
    assertThat(summary.problems()).isEmpty();
    assertThat(summary.failedBySqlstate()).containsKeys("57P01", "28000");
  }

  @Test
  void saysThatAControlWithoutFailuresProvesNothing() {
    assertThat(judgement(List.of(GOOD), Map.of(), true).ofControl().problems()).hasSize(1);
  }

  @Test
  void doesNotTakeAnotherFailureForThatOfTheControl() {
    assertThat(judgement(List.of(GOOD), Map.of("42P01", 5), true).ofControl().problems())
        .containsExactly("the control failed, but for another reason: SQLSTATE 42P01");
  }

  @Test
  void printsOneJsonObjectWithTheNamesThatAreDocumented() {
    JsonObject json =
        JsonParser.parseString(judgement(List.of(GOOD), Map.of(), true).ofSwap().json())
            .getAsJsonObject();

    assertThat(json.keySet())
        .contains(
            "passed",
            "rotations",
            "queries",
            "failed",
            "failed_by_sqlstate",
            "logins",
            "logins_per_version",
            "publish_to_use_ms",
            "sessions_of_retired",
            "old_password_refused",
            "wrong_password_refused",
            "ledger_balanced");
    assertThat(json.getAsJsonObject("publish_to_use_ms").keySet())
        .containsExactlyInAnyOrder("p50", "p99", "count");
    assertThat(json.getAsJsonObject("logins_per_version").get("2").getAsInt()).isEqualTo(8);
  }

  private static Round round(
      int number, long version, int logins, double firstUse, int sessions, boolean refused) {
    return new Round(
        number,
        version,
        "orders_b",
        logins,
        firstUse,
        "orders_a",
        sessions,
        0,
        refused,
        refused ? "refused 28000" : "accepted",
        List.of());
  }

  private static Judgement judgement(
      List<Round> rounds, Map<String, Integer> failures, boolean balanced) {
    long failed = failures.values().stream().mapToLong(Integer::longValue).sum();
    return new Judgement(
        rounds,
        failures,
        16,
        8,
        new ApplicationEvent.Progress(100, 90, failed),
        Optional.of(new ApplicationEvent.Finished(100, 90, failed, balanced, "words")),
        Duration.ofSeconds(5));
  }
}
