package dev.latchkey.agent.inject;

import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.inject.DeliveryState.Condition;
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

  /** What was never written was not taken back either. */
  void left(Leaving how) {
    if (condition == Condition.WRITTEN) {
      condition =
          switch (how) {
            case KEEP -> condition;
            case BLANK -> Condition.BLANKED;
            case REMOVE -> Condition.REMOVED;
          };
    }
  }

  void reloaded(boolean told) {
    reloadProblem = "";
    reloads += told ? 1 : 0;
  }

  void notReloaded(String why) {
    reloadProblem = why;
    reloadFailures++;
  }

  DeliveryState state() {
    return new DeliveryState(
        delivery.name(),
        delivery.placement().path(),
        delivery.required(),
        condition,
        problem,
        reloadProblem,
        writtenAt,
        writes,
        failures,
        reloads,
        reloadFailures);
  }
}
