package dev.latchkey.agent.audit;

/** What a recomputation of the chain found. */
public sealed interface AuditVerification {

  /** Every record is as it was written. */
  record Intact(long records) implements AuditVerification {}

  /**
   * The chain breaks.
   *
   * @param sequence the first record that is not as it was written
   * @param problem {@code edited}, {@code removed}, {@code reordered} or {@code truncated}
   */
  record Broken(long records, long sequence, String problem) implements AuditVerification {}
}
