package dev.latchkey.agent.audit;

import dev.latchkey.agent.store.Transaction;
import java.util.List;
import java.util.function.Consumer;

/**
 * Where everything asked, answered and changed is written down. Safe for use by several threads.
 */
public interface AuditLog {

  /**
   * Writes a change into the transaction of the change itself: both are kept or neither is. Called
   * on the store's thread.
   */
  void change(Transaction transaction, AuditRecord record);

  /**
   * Notes a decision about a caller: one bounded enqueue, safe on the event loop. Equal decisions
   * of one second become one record with a count.
   *
   * @throws dev.latchkey.agent.secret.SecretException with reason LIMIT_EXCEEDED when the queue is
   *     full and the configuration says that reads are refused then; the caller must not be
   *     answered with a value
   */
  void access(AuditRecord record);

  /**
   * Reads up to {@code limit} entries from {@code fromSequence} on; with 0, the newest ones.
   * Blocks.
   */
  List<AuditEntry> read(long fromSequence, int limit);

  /**
   * Calls {@code reader} with each entry written from now on, in order, until the result is closed.
   */
  AutoCloseable follow(Consumer<AuditEntry> reader);

  /** Recomputes the whole chain. Blocks; long for a long chain. */
  AuditVerification verify();
}
