package dev.latchkey.demo.report;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * The table of the run: one row for each rotation, and on a terminal a last line that is written
 * over while the load runs. Safe for use by several threads.
 */
public final class Board implements AutoCloseable {

  private static final String ROW = "%8s  %7s  %-9s %6s  %9s  %-9s %8s  %-14s %9s %7s%n";
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private boolean headed;
  private boolean closed;

  /**
   * A table on {@code out}.
   *
   * @param terminal whether lines may be written over
   */
  public Board(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Prints a line of its own. */
  public synchronized void say(String line) {
    clear();
    out.println(line);
    out.flush();
  }

  /** Prints the row of a finished rotation, and below it whatever was not as it must be. */
  public synchronized void row(Round round, ApplicationEvent.Progress progress) {
    clear();
    if (!headed) {
      out.printf(
          Locale.ROOT,
          ROW,
          "rotation",
          "version",
          "login",
          "logins",
          "first use",
          "retired",
          "sessions",
          "old password",
          "queries",
          "failed");
      headed = true;
    }
    out.printf(
        Locale.ROOT,
        ROW,
        round.number(),
        round.version(),
        round.user(),
        round.logins(),
        milliseconds(round.publishToUseMs()),
        round.retiredUser(),
        round.sessionsOfRetired(),
        round.oldPassword(),
        progress.queries(),
        progress.failed());
    round.problems().forEach(problem -> out.println("          !! " + problem));
    out.flush();
  }

  /** Shows how things stand just now; nothing where lines cannot be written over. */
  public synchronized void status(ApplicationEvent.Progress progress, String step) {
    if (terminal && !closed) {
      out.printf(
          Locale.ROOT,
          "%s  %,d queries, %d failed, rotation: %s",
          CLEAR_LINE,
          progress.queries(),
          progress.failed(),
          step);
      out.flush();
    }
  }

  /** Prints the end of the run. */
  public synchronized void summary(Summary summary) {
    say("");
    summary.lines().forEach(this::say);
    summary.problems().forEach(problem -> say("!! " + problem));
    verdict(summary).forEach(this::say);
  }

  private static List<String> verdict(Summary summary) {
    if (summary.mode().equals("control")) {
      return summary.problems().isEmpty()
          ? List.of(
              "CONTROL: the plain pool failed, as it must: " + summary.failures() + ".",
              "This run is expected to fail; its exit code is 1.")
          : List.of("CONTROL: not as expected; its exit code is 1.");
    }
    if (summary.passed()) {
      return List.of("PASSED: no query failed.");
    }
    return List.of(
        summary.failed() == 0
            ? "FAILED: no query failed, but a check did not hold; see above."
            : "FAILED: " + summary.failures() + ".");
  }

  private static String milliseconds(double value) {
    return Double.isNaN(value) ? "never" : String.format(Locale.ROOT, "%.1f ms", value);
  }

  private void clear() {
    if (terminal) {
      out.print(CLEAR_LINE);
    }
  }

  @Override
  public synchronized void close() {
    clear();
    closed = true;
    out.flush();
  }
}
