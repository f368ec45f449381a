package dev.latchkey.agent.inject;

import dev.latchkey.agent.inject.DeliveryState.Condition;
import dev.latchkey.agent.secret.SecretName;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is kept of a delivery beyond the agent's life.
 *
 * @param path where it was written; what is elsewhere is not the agent's
 * @param condition what this agent did at the path: nothing is taken away that it did not write
 * @param reloadDue whether files changed, or were about to, without their program having been told
 * @param revoked the secrets of it that were good no more since it was written: what is served on
 *     of those, stale, is not written again
 */
public record Kept(Path path, Condition condition, boolean reloadDue, Set<SecretName> revoked) {

  public Kept {
    revoked = Set.copyOf(revoked);
  }

  /** What is kept of a delivery that is new. */
  static Kept nothing(Path path) {
    return new Kept(path, Condition.MISSING, false, Set.of());
  }

  /** The same for the path that is declared now. */
  Kept at(Path declared) {
    return path.equals(declared) ? this : new Kept(declared, Condition.MISSING, reloadDue, revoked);
  }

  /**
   * About to be written, from values that are good: until that is over, it may be this agent's
   * already, and what was revoked may be there still.
   */
  Kept begun() {
    return switch (condition) {
      case WRITING, WRITTEN -> this;
      case BLANKED -> new Kept(path, Condition.WRITTEN, reloadDue, Set.of());
      case MISSING, REMOVED -> new Kept(path, Condition.WRITING, reloadDue, Set.of());
    };
  }

  /** Written, from values that are good. */
  Kept written() {
    return new Kept(path, Condition.WRITTEN, reloadDue, Set.of());
  }

  Kept as(Condition other) {
    return new Kept(path, other, reloadDue, revoked);
  }

  Kept owing(boolean reload) {
    return new Kept(path, condition, reload, revoked);
  }

  /** Of what was written, these secrets too are good no more; nothing of what never was. */
  Kept asRevoked(Set<SecretName> secrets) {
    return condition == Condition.MISSING
        ? this
        : new Kept(
            path,
            condition,
            reloadDue,
            Stream.concat(revoked.stream(), secrets.stream())
                .collect(Collectors.toUnmodifiableSet()));
  }

  /** Whether what is at the path is this agent's. */
  boolean isThere() {
    return switch (condition) {
      case WRITING, WRITTEN, BLANKED -> true;
      case MISSING, REMOVED -> false;
    };
  }

  /** Whether values are at the path, or may be. */
  boolean hasValues() {
    return condition == Condition.WRITING || condition == Condition.WRITTEN;
  }

  boolean wasTakenBack() {
    return condition == Condition.BLANKED || condition == Condition.REMOVED;
  }
}
