package dev.latchkey.agent.lease;

import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.store.Transaction;
import java.util.List;

/** Writes rows with their audit records, and reads them back. Blocks. */
final class LeaseJournal {

  private final LeaseContext context;

  LeaseJournal(LeaseContext context) {
    this.context = context;
  }

  List<Lease> all() {
    return context.transactions().call(context.store()::all);
  }

  void save(Lease lease) {
    context.transactions().run(transaction -> context.store().save(transaction, lease));
  }

  /** Forgets an intent that brought nothing. */
  void forget(Lease intent) {
    context.transactions().run(transaction -> context.store().remove(transaction, intent.id()));
  }

  /** Forgets a lease that is over, and records how it ended. */
  void end(Lease lease, String action, String detail) {
    context
        .transactions()
        .run(
            transaction -> {
              context.store().remove(transaction, lease.id());
              record(transaction, lease, action, detail);
            });
  }

  /** Records what became of a lease inside a transaction that is under way. */
  void record(Transaction transaction, Lease lease, String action, String detail) {
    context
        .audit()
        .change(
            transaction,
            new AuditRecord(
                context.time().now(),
                "agent",
                action,
                lease.secret().text(),
                lease.version(),
                AuditRecord.Outcome.DONE,
                "lease " + lease.id() + (detail.isEmpty() ? "" : ": " + detail),
                ""));
  }
}
