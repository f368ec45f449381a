package dev.latchkey.agent.inject;

import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.inject.DeliveryState.Condition;
import dev.latchkey.agent.secret.SecretException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;

/** What happened to a delivery so far. Confined to its mailbox. */
final class Tally {

  private final Delivery delivery;
  private Condition condition = Condition.MISSING;
  private String problem = "";
  private String reloadProblem = "";
  private Optional<Instant> writtenAt = Optional.empty();
  private long writes;
  private long failures;
  private long reloads;
  private long reloadFailures;

  Tally(Delivery delivery) {
    this.delivery = delivery;
  }

  void written(Instant at, boolean changed) {
    condition = Condition.WRITTEN;
    problem = "";
    if (changed) {
      writes++;
      writtenAt = Optional.of(at);
    }
  }

  void failed(String why) {
    problem = why;
    failures++;
  }

  /** What was the problem is over, and this is left of it. */
  void because(String why) {
    problem = why;
  }

  /** What an earlier life of the agent left; files that it wrote are still to be looked at. */
  void tookUp(Condition kept) {
    condition =
        switch (kept) {
          case MISSING, WRITING, WRITTEN -> Condition.MISSING;
          case BLANKED, REMOVED -> kept;
        };
  }

  void left(Leaving how) {
    condition =
        switch (how) {
          case KEEP -> condition;
          case BLANK -> Condition.BLANKED;
          case REMOVE -> Condition.REMOVED;
        };
  }

  String problem() {
    return problem;
  }

  String reloadProblem() {
    return reloadProblem;
  }

  void reloaded(boolean told) {
    reloadProblem = "";
    reloads += told ? 1 : 0;
  }

  void notReloaded(String why) {
    reloadProblem = why;
    reloadFailures++;
  }

  /** A failure in words that are safe to show. */
  static String words(Throwable failure) {
    return switch (failure) {
      case SecretException why -> why.safeMessage();
      case PlacementRefused refused -> String.valueOf(refused.getMessage());
      case ReloadFailed notTold -> String.valueOf(notTold.getMessage());
      case UncheckedIOException disk -> "the file system failed: " + disk.getCause();
      default -> "unexpectedly, " + failure.getClass().getSimpleName();
    };
  }

  /**
   * How it is.
   *
   * @param waitsFor what waits, and for what
   */
  DeliveryState state(Optional<String> waitsFor) {
    return new DeliveryState(
        delivery.name(),
        delivery.placement().path(),
        delivery.required(),
        condition,
        problem,
        reloadProblem,
        waitsFor,
        writtenAt,
        writes,
        failures,
        reloads,
        reloadFailures);
  }
}
