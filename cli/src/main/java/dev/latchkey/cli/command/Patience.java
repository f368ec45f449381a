package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.output.Characters;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Waits within one limit of time, in pauses that grow, and says on standard error what is missing
 * whenever that changes. Used by one thread.
 */
final class Patience {
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
  private static final Duration SHORTEST_CALL = Duration.ofMillis(100);

  private final String verb;
  private final PrintStream err;
  private final Duration limit;
  private final long end;
  private Duration next = SHORTEST_PAUSE;
  private String said = "";

  /** Waits from now on for at most {@code limit}. */
  Patience(String verb, PrintStream err, Duration limit) {
    this.verb = verb;
    this.err = err;
    this.limit = limit;
    this.end = System.nanoTime() + limit.toNanos();
  }

  /** What a call may take: the time that is left, but enough for an answer that is there. */
  Duration left() {
    Duration left = Duration.ofNanos(end - System.nanoTime());
    return left.compareTo(SHORTEST_CALL) < 0 ? SHORTEST_CALL : left;
  }

  /** The names that are missing, each with the reason, in one line. */
  static String line(Map<String, String> missing) {
    return missing.entrySet().stream()
        .map(one -> one.getKey() + " (" + one.getValue() + ")")
        .collect(Collectors.joining(", "));
  }

  /** Says what is missing, unless that was said last. */
  void say(String missing) {
    if (!missing.isEmpty() && !missing.equals(said)) {
      said = missing;
      err.println("latchkey " + verb + ": waiting for " + Characters.printable(missing));
      err.flush();
    }
  }

  /**
   * Says what is missing and pauses.
   *
   * @throws CommandFailure UNAVAILABLE when the time is over
   */
  void pause(String missing) {
    say(missing);
    long left = end - System.nanoTime();
    if (left <= 0) {
      throw over(missing);
    }
    Duration pause = next.toNanos() < left ? next : Duration.ofNanos(left);
    next = next.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? next.multipliedBy(2) : LONGEST_PAUSE;
    await(pause);
  }

  private CommandFailure over(String missing) {
    return new CommandFailure(
        ExitCode.UNAVAILABLE,
        "after " + limit.toMillis() / 1000.0 + " s still waiting for " + missing,
        "See why with: latchkey status. Or allow more time with --timeout.");
  }

  private static void await(Duration pause) {
    try {
      boolean never = new CountDownLatch(1).await(pause.toNanos(), TimeUnit.NANOSECONDS);
      assert !never;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.FAILED, "interrupted", "");
    }
  }
}
