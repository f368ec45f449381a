package dev.latchkey.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BoardTest {

  private static final ApplicationEvent.Progress PROGRESS =
      new ApplicationEvent.Progress(1234, 1000, 0);
  private static final Round ROUND =
      new Round(1, 2, "orders_b", 8, 12.34, "orders_a", 0, 0, true, "refused 28000", List.of());

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @Test
  void printsPlainLinesWhereThereIsNoTerminal() {
    try (Board board = board(false)) {
      board.status(PROGRESS, "set");
      board.row(ROUND, PROGRESS);
    }

    assertThat(text()).doesNotContain("\u001b").doesNotContain("\r");
    assertThat(text().lines())
        .hasSize(2)
        .last()
        .asString()
        .contains("orders_b", "12.3 ms", "orders_a", "refused 28000", "1234");
  }

  @Test
  void printsTheHeadOnce() {
    try (Board board = board(false)) {
      board.row(ROUND, PROGRESS);
      board.row(ROUND, PROGRESS);
    }

    assertThat(text().lines().filter(line -> line.contains("first use"))).hasSize(1);
  }

  @Test
  void writesOverItsLastLineOnATerminal() {
    try (Board board = board(true)) {
      board.status(PROGRESS, "set");
      board.row(ROUND, PROGRESS);
    }

    assertThat(text()).startsWith("\r\u001b[K  1,234 queries, 0 failed, rotation: set\r\u001b[K");
  }

  @Test
  void showsEachProblemBelowItsRotation() {
    Round broken =
        new Round(1, 2, "orders_b", 0, Double.NaN, "orders_a", 0, 0, true, "refused", List.of())
            .judged(8);
    try (Board board = board(false)) {
      board.row(broken, PROGRESS);
    }

    assertThat(text()).contains("never", "!! only 0 of at least 8 new logins as orders_b");
  }

  @Test
  void theEndSaysWhatFailedInWords() {
    assertThat(endOf(Map.of(), true)).contains("0 failed in", "PASSED").doesNotContain("{}");
    assertThat(endOf(Map.of(), false))
        .contains("0 failed in", "FAILED: no query failed, but a check did not hold")
        .doesNotContain("{}");
    assertThat(endOf(Map.of("57P01", 2, "28000", 1), true))
        .contains("FAILED: 3 failed (SQLSTATE 28000 1 times, 57P01 2 times).");
  }

  private String endOf(Map<String, Integer> failures, boolean balanced) {
    written.reset();
    try (Board board = board(false)) {
      long failed = failures.values().stream().mapToLong(Integer::longValue).sum();
      board.summary(
          new Judgement(
                  List.of(ROUND),
                  failures,
                  16,
                  8,
                  new ApplicationEvent.Progress(100, 90, failed),
                  Optional.of(
                      new ApplicationEvent.Finished(100, 90, failed, balanced, "the books")),
                  Duration.ofSeconds(5))
              .ofSwap());
    }
    return text();
  }

  private Board board(boolean terminal) {
    return new Board(new PrintStream(written, true, StandardCharsets.UTF_8), terminal);
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8);
  }
}
