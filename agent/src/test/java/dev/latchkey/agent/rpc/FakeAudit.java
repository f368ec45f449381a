package dev.latchkey.agent.rpc;

import dev.latchkey.agent.audit.AuditEntry;
import dev.latchkey.agent.audit.AuditLog;
import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.audit.AuditVerification;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.store.Transaction;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** An audit in memory, that can be told to be full. */
final class FakeAudit implements AuditLog {

  final List<AuditRecord> records = new CopyOnWriteArrayList<>();
  final List<AuditRecord> changes = new CopyOnWriteArrayList<>();
  volatile boolean isFull;
  private final List<Consumer<AuditEntry>> followers = new CopyOnWriteArrayList<>();
  private final LoopGuard guard;

  FakeAudit(LoopGuard guard) {
    this.guard = guard;
  }

  @Override
  public void change(Transaction transaction, AuditRecord record) {
    if (!transaction.equals(FakeKeyrings.ROTATING)) {
      throw new AssertionError("the wire changes nothing else by itself");
    }
    changes.add(record);
  }

  @Override
  public void access(AuditRecord record) {
    if (isFull) {
      throw SecretException.of(Reason.LIMIT_EXCEEDED, "the audit is full");
    }
    records.add(record);
    AuditEntry entry = new AuditEntry(records.size(), record, 1);
    followers.forEach(follower -> follower.accept(entry));
  }

  @Override
  public List<AuditEntry> read(long fromSequence, int limit) {
    guard.blocks("audit.read");
    return IntStream.range(0, records.size())
        .mapToObj(i -> new AuditEntry(i + 1, records.get(i), 1))
        .filter(entry -> entry.sequence() >= fromSequence)
        .limit(limit)
        .toList();
  }

  @Override
  public AutoCloseable follow(Consumer<AuditEntry> reader) {
    followers.add(reader);
    return () -> followers.remove(reader);
  }

  int followers() {
    return followers.size();
  }

  @Override
  public AuditVerification verify() {
    guard.blocks("audit.verify");
    return new AuditVerification.Intact(records.size());
  }
}
