package dev.latchkey.agent.rotation;

import dev.latchkey.agent.secret.SecretName;

/**
 * Sees each moment of each step; for spans, events and the fault tests. Called on the rotation's
 * own thread.
 */
public interface StepListener {

  /** Called at {@code moment} of the step that {@code name}'s rotation takes. */
  void at(SecretName name, String rotationId, RotationStep step, Moment moment);

  /** Called when a step was not persisted or did not act; it is tried again, or given up. */
  default void failed(SecretName name, String rotationId, RotationStep step) {}

  /** Called when nothing more comes of a rotation, however it ended. */
  default void ended(SecretName name, String rotationId) {}

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
