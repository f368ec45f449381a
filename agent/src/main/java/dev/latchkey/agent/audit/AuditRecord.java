package dev.latchkey.agent.audit;

import java.time.Instant;

/**
 * One thing that was asked or done. Holds no value.
 *
 * @param actor who, such as {@code uid 1000 gid 1000 pid 4711} or {@code agent}
 * @param operation what, such as {@code get} or {@code rotation.set}
 * @param secret the name as asked for, cut to 255 characters; empty for none
 * @param version the version concerned; 0 for none
 * @param detail more words; empty for none
 * @param traceId the caller's W3C trace id; empty for none
 */
public record AuditRecord(
    Instant at,
    String actor,
    String operation,
    String secret,
    long version,
    Outcome outcome,
    String detail,
    String traceId) {

  /** How it ended. */
  public enum Outcome {
    GRANTED,
    DENIED,
    DONE,
    FAILED
  }
}
