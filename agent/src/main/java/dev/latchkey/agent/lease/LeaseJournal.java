package dev.latchkey.agent.lease;

import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.store.Transaction;
import java.util.List;

/** Writes rows with their audit records, and reads them back. Blocks. */
final class LeaseJournal {

  /** Whoever does what nobody asked for. */
  static final String AGENT = "agent";

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

  /** Forgets a lease that is over, and records how it ended and who wanted it. */
  void end(Lease lease, String action, String detail, String actor) {
    context.transactions().run(transaction -> end(transaction, lease, action, detail, actor));
  }

  /** Does so inside a transaction that is under way. */
  void end(Transaction transaction, Lease lease, String action, String detail, String actor) {
    context.store().remove(transaction, lease.id());
    record(transaction, lease, action, detail, actor);
  }

  /** Records what became of a lease inside a transaction that is under way. */
  void record(Transaction transaction, Lease lease, String action, String detail, String actor) {
    context
        .audit()
        .change(
            transaction,
            new AuditRecord(
                context.time().now(),
                actor,
                action,
                lease.secret().text(),
                lease.version(),
                AuditRecord.Outcome.DONE,
                "lease " + lease.id() + (detail.isEmpty() ? "" : ": " + detail),
                ""));
  }
}
