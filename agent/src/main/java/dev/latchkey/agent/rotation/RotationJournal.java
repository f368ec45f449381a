package dev.latchkey.agent.rotation;

import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Writes each step with its audit record in one transaction, and reads them back. Blocks. */
final class RotationJournal {

  private final RotationContext context;

  RotationJournal(RotationContext context) {
    this.context = context;
  }

  List<RotationRecord> open(SecretName name) {
    return context.transactions().call(transaction -> context.store().open(transaction, name));
  }

  List<RotationRecord> history(SecretName name, int limit) {
    return context
        .transactions()
        .call(transaction -> context.store().history(transaction, name, limit));
  }

  Optional<RotationRecord> byRequest(SecretName name, String requestId) {
    return requestId.isEmpty()
        ? Optional.empty()
        : context
            .transactions()
            .call(transaction -> context.store().byRequest(transaction, name, requestId));
  }

  /** Keeps rows, all or none. */
  void save(List<RotationRecord> rows) {
    context.transactions().run(transaction -> rows.forEach(row -> write(transaction, row)));
  }

  /** Keeps a row inside a transaction that is under way. */
  void write(Transaction transaction, RotationRecord row) {
    context.store().save(transaction, row);
    context.audit().change(transaction, audited(row, context.time().now()));
  }

  private static AuditRecord audited(RotationRecord row, Instant now) {
    boolean failed = row.step() == RotationStep.FAILED;
    return new AuditRecord(
        now,
        row.actor(),
        "rotation." + row.step().words().replace(' ', '_'),
        row.name().text(),
        row.version(),
        failed ? AuditRecord.Outcome.FAILED : AuditRecord.Outcome.DONE,
        row.kind().word()
            + " "
            + row.id()
            + (row.login().isEmpty() ? "" : " login " + row.login())
            + (row.failure().isEmpty() ? "" : ": " + row.failure()),
        "");
  }
}
