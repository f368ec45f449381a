package dev.latchkey.agent.current;

import dev.latchkey.agent.audit.AuditEntry;
import dev.latchkey.agent.audit.AuditLog;
import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.audit.AuditVerification;
import dev.latchkey.agent.store.Transaction;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** An audit that keeps changes in a list and tells nobody, for tests. */
public final class SilentAudit implements AuditLog {

  private final List<AuditRecord> changes = new CopyOnWriteArrayList<>();

  /** The changes so far. */
  public List<AuditRecord> changes() {
    return changes;
  }

  @Override
  public void change(Transaction transaction, AuditRecord record) {
    changes.add(record);
  }

  @Override
  public void access(AuditRecord record) {}

  @Override
  public List<AuditEntry> read(long fromSequence, int limit) {
    return List.of();
  }

  @Override
  public AutoCloseable follow(Consumer<AuditEntry> reader) {
    return () -> {};
  }

  @Override
  public AuditVerification verify() {
    return new AuditVerification.Intact(changes.size());
  }
}
