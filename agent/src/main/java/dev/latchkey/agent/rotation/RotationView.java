package dev.latchkey.agent.rotation;

import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How the rotation of one secret is seen: the one under way, else the one that drains, else the
 * newest, else what the schedule plans. Used inside the secret's {@link Mailbox} alone; blocks.
 */
final class RotationView {

  private final SecretName name;
  private final RotationContext context;
  private final RotationJournal journal;
  private final RotationRunner runner;
  private final ScheduledRotation schedule;
  private List<RotationRecord> newest = List.of();

  RotationView(
      SecretName name,
      RotationContext context,
      RotationJournal journal,
      RotationRunner runner,
      ScheduledRotation schedule) {
    this.name = name;
    this.context = context;
    this.journal = journal;
    this.runner = runner;
    this.schedule = schedule;
  }

  /** What is shown now; the newest known while the store cannot be read. */
  Optional<RotationState> shown() {
    try {
      newest = journal.history(name, 1);
    } catch (SecretException e) {
      // the store cannot be read just now
    }
    return runner
        .open()
        .underWay()
        .or(runner.open()::draining)
        .or(() -> newest.stream().findFirst())
        .map(this::of)
        .or(this::idle);
  }

  private Optional<RotationState> idle() {
    if (schedule.nextAt().isEmpty() && schedule.waiting().isEmpty()) {
      return Optional.empty();
    }
    Instant now = context.time().now();
    return Optional.of(
        new RotationState(
            "",
            name,
            RotationStep.PLANNED,
            schedule.waiting(),
            "",
            "",
            0,
            now,
            now,
            schedule.nextAt(),
            Optional.empty(),
            0));
  }

  RotationState of(RotationRecord row) {
    Optional<Trouble> trouble = row.ended() ? Optional.empty() : runner.trouble(row);
    String waiting =
        trouble
            .map(Trouble::waiting)
            .or(() -> runner.awaited(row).map(Move.Await::waiting))
            .orElse(row.ended() ? schedule.waiting() : "");
    boolean blocked = trouble.filter(Trouble::blocked).isPresent() && row.underWay();
    Optional<Instant> retireAt =
        row.draining()
            ? row.retireAt()
            : runner.open().draining().flatMap(RotationRecord::retireAt);
    return RotationStates.of(
        row, blocked ? RotationStep.BLOCKED : row.step(), waiting, schedule.nextAt(), retireAt);
  }
}
