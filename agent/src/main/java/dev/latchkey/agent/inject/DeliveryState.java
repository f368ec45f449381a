package dev.latchkey.agent.inject;

import dev.latchkey.agent.lifecycle.ComponentHealth;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * How a delivery is.
 *
 * @param problem why the newest values are not written; empty when they are
 * @param reloadProblem why its program was not told; empty when it was or there is none
 * @param waitsFor what waits, and for what, where that is neither a failure nor a pace that was set
 * @param writtenAt when the files last changed
 * @param writes how often the files were changed
 * @param failures how often that failed
 * @param reloads how often the program was told
 * @param reloadFailures how often that failed
 */
public record DeliveryState(
    String name,
    Path path,
    boolean required,
    Condition condition,
    String problem,
    String reloadProblem,
    Optional<String> waitsFor,
    Optional<Instant> writtenAt,
    long writes,
    long failures,
    long reloads,
    long reloadFailures) {

  /** What is at the path, as far as this agent knows. */
  public enum Condition {
    /** Nothing that it wrote or found to be right. */
    MISSING("is not written yet"),
    /** What is being written for the first time, or was when the agent was killed. */
    WRITING("is being written"),
    /** The values, the newest ones or older. */
    WRITTEN("is written"),
    /** Empty files. */
    BLANKED("was blanked"),
    /** Nothing any more. */
    REMOVED("was removed");

    private final String words;

    Condition(String words) {
      this.words = words;
    }
  }

  /** Whether the agent may be ready. */
  boolean isThere() {
    return condition == Condition.WRITTEN;
  }

  DeliveryState with(String why, String notTold) {
    return new DeliveryState(
        name,
        path,
        required,
        condition,
        why,
        notTold,
        waitsFor,
        writtenAt,
        writes,
        failures,
        reloads,
        reloadFailures);
  }

  ComponentHealth health() {
    String component = "file:" + name;
    if (!isThere()) {
      String reason = path + " " + condition.words + (problem.isEmpty() ? "" : ": " + problem);
      return required
          ? ComponentHealth.unhealthy(component, reason)
          : ComponentHealth.degraded(component, reason);
    }
    if (!problem.isEmpty()) {
      return ComponentHealth.degraded(component, path + " is not up to date: " + problem);
    }
    if (!reloadProblem.isEmpty()) {
      return ComponentHealth.degraded(
          component, path + " is written, but its program was not told: " + reloadProblem);
    }
    return waitsFor
        .map(what -> ComponentHealth.degraded(component, path + " is written, but " + what))
        .orElseGet(() -> ComponentHealth.healthy(component));
  }
}
