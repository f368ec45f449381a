package dev.latchkey.agent.rotation;

import java.time.Instant;

/** What a rotation does next. */
sealed interface Move {

  /** Persist the step, then act. */
  record Take(RotationStep step) implements Move {}

  /** Nothing until something changes, at the latest at {@code until}. */
  record Await(String waiting, Instant until) implements Move {}

  /** Undo what was done and end without success. */
  record Undo(String why) implements Move {}

  /** End: what was to be retired is in use again. */
  record Keep(String why) implements Move {}

  /** Nothing ever again. */
  record Done() implements Move {}
}
