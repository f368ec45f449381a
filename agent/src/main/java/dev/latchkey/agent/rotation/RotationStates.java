package dev.latchkey.agent.rotation;

import java.time.Instant;
import java.util.Optional;

/** Turns what is kept of a rotation into what is shown of it. */
final class RotationStates {

  private RotationStates() {}

  /** A row as history shows it. */
  static RotationState of(RotationRecord row) {
    return of(
        row, row.step(), "", Optional.empty(), row.draining() ? row.retireAt() : Optional.empty());
  }

  static RotationState of(
      RotationRecord row,
      RotationStep shown,
      String waiting,
      Optional<Instant> nextAt,
      Optional<Instant> retireAt) {
    return new RotationState(
        row.id(),
        row.name(),
        shown,
        waiting,
        row.failure(),
        row.login(),
        row.version(),
        row.startedAt(),
        row.stepAt(),
        nextAt,
        retireAt,
        row.endedSessions());
  }
}
