package dev.latchkey.agent.audit;

import dev.latchkey.agent.crypto.Authenticator;
import dev.latchkey.agent.crypto.Sealer;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.store.Transaction;
import java.util.ArrayList;
import java.util.List;

/**
 * Appends to the chain. Keeps nothing between calls: the head is read in the transaction that moves
 * it, so a transaction that is rolled back leaves no trace. Called on the store's thread.
 */
public final class AuditWriter {

  private static final int MAX_TEXT = 1024;
  private static final int MAX_NAME = 255;

  private final AuditStore store;
  private final Sealer sealer;
  private final AuditChain chain;

  public AuditWriter(AuditStore store, Sealer sealer, Authenticator auditKey) {
    this.store = store;
    this.sealer = sealer;
    this.chain = new AuditChain(auditKey);
  }

  /**
   * Seals the head of the empty chain, in the transaction that makes the audit key: from then on a
   * head that is missing was removed.
   */
  public void begin(Transaction transaction) {
    keep(transaction, AuditChain.start());
  }

  /** Appends one record outside of a running log, such as that of a restore. */
  public void append(Transaction transaction, AuditRecord record) {
    append(transaction, List.of(new Repeats.Counted(record, 1)));
  }

  AuditChain.Head head(Transaction transaction) {
    return store
        .head(transaction)
        .map(bytes -> AuditChain.Head.decode(sealer.open(bytes, AuditVerifier.HEAD_PLACE)))
        .orElseThrow(
            () ->
                SecretException.of(
                    Reason.INTERNAL,
                    "the head of the audit is gone: somebody removed it; keep the state directory"
                        + " for the investigation and restore the newest backup"));
  }

  private void keep(Transaction transaction, AuditChain.Head head) {
    store.keepHead(transaction, sealer.seal(head.encode(), AuditVerifier.HEAD_PLACE));
  }

  void append(Transaction transaction, List<Repeats.Counted> records) {
    AuditChain.Head head = head(transaction);
    List<AuditStore.Link> links = new ArrayList<>(records.size());
    for (Repeats.Counted counted : records) {
      AuditEntry entry =
          new AuditEntry(head.count() + 1, bounded(counted.record()), counted.count());
      AuditStore.Link link = chain.link(head, entry);
      links.add(link);
      head = new AuditChain.Head(link.sequence(), link.mac());
    }
    store.append(transaction, links);
    keep(transaction, head);
  }

  /** Cuts what a caller could make long. */
  private static AuditRecord bounded(AuditRecord record) {
    return new AuditRecord(
        record.at(),
        cut(record.actor(), MAX_NAME),
        cut(record.operation(), MAX_NAME),
        cut(record.secret(), MAX_NAME),
        record.version(),
        record.outcome(),
        cut(record.detail(), MAX_TEXT),
        cut(record.traceId(), MAX_NAME));
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length);
  }
}
