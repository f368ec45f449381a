package dev.latchkey.agent.rotation;

import dev.latchkey.agent.rotation.Move.Await;
import dev.latchkey.agent.rotation.Move.Done;
import dev.latchkey.agent.rotation.Move.Keep;
import dev.latchkey.agent.rotation.Move.Take;
import dev.latchkey.agent.rotation.Move.Undo;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides which step comes next, once the last one has acted. A pure function; {@link
 * RotationRunner} is the loop around it.
 *
 * <p>The strategy is alternating users. A rotation and a recovery take every step; an adoption sets
 * nothing; a rollback only proves and publishes.
 */
final class StepMachine {

  private StepMachine() {}

  static Move next(RotationRecord rotation, Situation now) {
    if (rotation.underWay() && !rotation.failure().isEmpty()) {
      return new Undo(rotation.failure());
    }
    return switch (rotation.step()) {
      case PLANNED ->
          rotation.kind() == RotationKind.ROLLBACK
              ? next(rotation, now, RotationStep.VERIFIED)
              : new Take(RotationStep.CREATED);
      case CREATED ->
          rotation.kind() == RotationKind.ADOPT
              ? next(rotation, now, RotationStep.VERIFIED)
              : set(rotation, now);
      case SET -> next(rotation, now, RotationStep.VERIFIED);
      case VERIFIED ->
          next(rotation, now, now.storesFirst() ? RotationStep.STORED : RotationStep.PUBLISHED);
      case STORED -> next(rotation, now, RotationStep.PUBLISHED);
      case PUBLISHED -> drain(rotation, now);
      case DRAINED -> new Take(RotationStep.RETIRED);
      case RETIRED, ROLLED_BACK, FAILED, BLOCKED -> new Done();
    };
  }

  private static Move set(RotationRecord rotation, Situation now) {
    if (rotation.login().equals(now.currentLogin())) {
      return new Undo("the login role " + rotation.login() + " is in use by the current version");
    }
    if (superseded(rotation, now)) {
      return new Undo("the secret was changed meanwhile");
    }
    return now.loginDrains()
        ? new Await("waiting: drain", Instant.MAX)
        : new Take(RotationStep.SET);
  }

  private static Move next(RotationRecord rotation, Situation now, RotationStep step) {
    return superseded(rotation, now)
        ? new Undo("the secret was changed meanwhile")
        : new Take(step);
  }

  /** A recovery depends on no current version: what the store has may be spoiled. */
  private static boolean superseded(RotationRecord rotation, Situation now) {
    return rotation.kind() != RotationKind.RECOVER
        && !now.currentVersion().equals(Optional.of(rotation.previousVersion()));
  }

  private static Move drain(RotationRecord rotation, Situation now) {
    if (rotation.previousLogin().isEmpty()) {
      return new Take(RotationStep.DRAINED);
    }
    return inUse(rotation, now).orElseGet(() -> overlap(rotation, now));
  }

  /**
   * Why the previous login role must not be retired now, although that may already be persisted;
   * empty when it may.
   */
  static Optional<Move> inUse(RotationRecord rotation, Situation now) {
    String previous = rotation.previousLogin();
    if (previous.isEmpty()) {
      return Optional.empty();
    }
    if (previous.equals(now.currentLogin())) {
      return Optional.of(new Keep("the login role " + previous + " is in use again"));
    }
    return previous.equals(now.pendingLogin())
        ? Optional.of(new Await("waiting: another change", Instant.MAX))
        : Optional.empty();
  }

  private static Move overlap(RotationRecord rotation, Situation now) {
    Instant hardEnd = rotation.retireAt().orElse(Instant.MIN);
    Instant early = rotation.publishedAt().orElse(now.now()).plus(now.rollbackWindow());
    if (!now.now().isBefore(hardEnd) || (now.acknowledged() && !now.now().isBefore(early))) {
      return new Take(RotationStep.DRAINED);
    }
    Instant next = now.acknowledged() && early.isBefore(hardEnd) ? early : hardEnd;
    return new Await("waiting: acknowledgements or the end of the overlap", next);
  }
}
