package dev.latchkey.agent.lifecycle;

/**
 * How one component is.
 *
 * @param reason why it is not healthy and what to do; empty when it is
 */
public record ComponentHealth(String component, Level level, String reason) {

  /** From good to bad. */
  public enum Level {
    HEALTHY,
    DEGRADED,
    UNHEALTHY
  }

  public static ComponentHealth healthy(String component) {
    return new ComponentHealth(component, Level.HEALTHY, "");
  }

  public static ComponentHealth degraded(String component, String reason) {
    return new ComponentHealth(component, Level.DEGRADED, reason);
  }

  public static ComponentHealth unhealthy(String component, String reason) {
    return new ComponentHealth(component, Level.UNHEALTHY, reason);
  }
}
