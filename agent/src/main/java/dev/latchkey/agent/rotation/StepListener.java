package dev.latchkey.agent.rotation;

import dev.latchkey.agent.secret.SecretName;

/**
 * Sees each moment of each step; for spans, events and the fault tests. Called on the rotation's
 * own thread.
 */
public interface StepListener {

  /** Called at {@code moment} of the step that {@code name}'s rotation takes. */
  void at(SecretName name, String rotationId, RotationStep step, Moment moment);

  /** A moment of a step. */
  enum Moment {
    /** The step is about to be persisted. */
    BEFORE_WRITE,
    /** The step is persisted and has not acted. */
    AFTER_WRITE,
    /** The step has acted. */
    AFTER_ACT
  }
}
