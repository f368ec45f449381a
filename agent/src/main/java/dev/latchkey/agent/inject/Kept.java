package dev.latchkey.agent.inject;

import dev.latchkey.agent.inject.DeliveryState.Condition;
import java.nio.file.Path;

/**
 * What is kept of a delivery beyond the agent's life.
 *
 * @param path where it was written; what is elsewhere is not the agent's
 * @param condition what this agent did at the path: nothing is taken away that it did not write
 * @param reloadDue whether files changed, or were about to, without their program having been told
 * @param revoked whether a secret of it was good no more: what is served on of that, stale, is not
 *     written again
 */
public record Kept(Path path, Condition condition, boolean reloadDue, boolean revoked) {

  /** What is kept of a delivery that is new. */
  static Kept nothing(Path path) {
    return new Kept(path, Condition.MISSING, false, false);
  }

  /** The same for the path that is declared now. */
  Kept at(Path declared) {
    return path.equals(declared) ? this : new Kept(declared, Condition.MISSING, reloadDue, revoked);
  }

  /** About to be written: until that is over, it may be this agent's already. */
  Kept begun() {
    return as(isThere() && condition != Condition.WRITING ? Condition.WRITTEN : Condition.WRITING);
  }

  /** Written, from values that are good. */
  Kept written() {
    return new Kept(path, Condition.WRITTEN, reloadDue, false);
  }

  Kept as(Condition other) {
    return new Kept(path, other, reloadDue, revoked);
  }

  Kept owing(boolean reload) {
    return new Kept(path, condition, reload, revoked);
  }

  Kept asRevoked() {
    return new Kept(path, condition, reloadDue, true);
  }

  /** Whether what is at the path is this agent's. */
  boolean isThere() {
    return switch (condition) {
      case WRITING, WRITTEN, BLANKED -> true;
      case MISSING, REMOVED -> false;
    };
  }

  boolean wasTakenBack() {
    return condition == Condition.BLANKED || condition == Condition.REMOVED;
  }
}
