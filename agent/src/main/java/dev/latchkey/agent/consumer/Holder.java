package dev.latchkey.agent.consumer;

/**
 * Somebody to whom a version was delivered.
 *
 * @param kind how it was delivered
 * @param id who: the subscription's id for a watch, the caller's identity for a unary read
 * @param acknowledges whether it will say that it uses nothing older any more
 */
public record Holder(Kind kind, String id, boolean acknowledges) {

  /** How a version is delivered. */
  public enum Kind {
    WATCH,
    READ,
    FILE,
    ENVIRONMENT
  }
}
