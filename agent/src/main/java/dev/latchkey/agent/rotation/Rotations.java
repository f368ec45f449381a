package dev.latchkey.agent.rotation;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.secret.StateId;
import dev.latchkey.agent.target.Target;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Rotates secrets. Every call blocks and belongs on a virtual thread, except where it says that it
 * does not. One runner per secret.
 */
public interface Rotations {

  /** What a rotation would do now. */
  Plan plan(SecretName name);

  /**
   * Rotates now; returns once the new version is published or the rotation ended otherwise. Drain
   * and retirement go on in the background.
   *
   * <p>While a rotation is on its way to its publish, a second call joins it when it has the same
   * request id, or when the rotation is stuck on a failure, which is then tried again at once; any
   * other second call is refused with NOT_POSSIBLE_NOW. A request id whose rotation ended is
   * answered with how that one ended.
   *
   * @param requestId makes a repeat join the first; empty for none
   * @param progress told of each step, on the rotation's thread
   */
  RotationState rotate(
      SecretName name, String requestId, String actor, Consumer<RotationState> progress);

  /**
   * Publishes the content of an earlier version again, once its login is proved.
   *
   * @param version the version to return to; 0 for the one before the current
   */
  RotationState rollback(
      SecretName name, long version, String actor, Consumer<RotationState> progress);

  /** Takes over a user and password that the target already has. */
  Adoption adopt(
      SecretName name, String username, SecretValue password, boolean planOnly, String actor);

  /** Resets the pair of users by the administrator. */
  RotationState recover(SecretName name, String actor, Consumer<RotationState> progress);

  /**
   * Tells everybody who waits in a call, now or later, that the agent stops, with UNAVAILABLE; what
   * is under way goes on until the agent ends, and again when it starts. Never blocks.
   */
  void stopWaiting();

  /** Checks the administrator of a target, given its name or the name of a secret rotated on it. */
  TargetReport check(String targetOrSecret, boolean sqlOnly);

  /** The newest rotations of a secret, newest first. */
  List<RotationState> history(SecretName name, int limit);

  /** How the rotation of each declared secret stands. Never blocks. */
  List<RotationState> states();

  /** How the rotation of one secret stands. Never blocks. */
  Optional<RotationState> state(SecretName name);

  /** What a rotation would do; {@code blocked} is empty when it could begin. */
  record Plan(List<PlannedStep> steps, String blocked) {

    public Plan {
      steps = List.copyOf(steps);
    }
  }

  /** One step of a plan. */
  record PlannedStep(String step, String description, List<String> statements) {

    public PlannedStep {
      statements = List.copyOf(statements);
    }
  }

  /** What an adoption did or would do. */
  record Adoption(
      List<PlannedStep> steps, List<String> administratorSql, Optional<StateId> state) {}

  /** What a check of a target found. */
  record TargetReport(List<Target.Check> checks, List<String> administratorSql) {}
}
