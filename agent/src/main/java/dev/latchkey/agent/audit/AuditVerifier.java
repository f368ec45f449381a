package dev.latchkey.agent.audit;

import dev.latchkey.agent.crypto.Authenticator;
import dev.latchkey.agent.crypto.Sealer;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.store.Transaction;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes a chain and names the first link that is not as it was written. Works on the store of
 * a running agent and on one at rest. The head is sealed from the moment the audit key is made, so
 * that a missing one was removed. An older copy of the whole store is not told from the newest, nor
 * is an older head put back over a chain cut to it.
 */
public final class AuditVerifier {

  /** Where the head is sealed. */
  static final String HEAD_PLACE = "audit/head";

  private final AuditStore store;
  private final Sealer sealer;
  private final AuditChain chain;

  public AuditVerifier(AuditStore store, Sealer sealer, Authenticator auditKey) {
    this.store = store;
    this.sealer = sealer;
    this.chain = new AuditChain(auditKey);
  }

  /** Recomputes the whole chain as {@code transaction} sees it. */
  public AuditVerification verify(Transaction transaction) {
    Walk walk = new Walk();
    store.read(transaction, Long.MIN_VALUE, Long.MAX_VALUE, walk::take);
    if (walk.broken == 0) {
      return closed(transaction, walk);
    }
    return new AuditVerification.Broken(walk.records, walk.broken, problem(transaction, walk));
  }

  /** Compares the end of an unbroken walk with the sealed head. */
  private AuditVerification closed(Transaction transaction, Walk walk) {
    Optional<AuditChain.Head> sealed;
    try {
      sealed = head(transaction);
    } catch (SecretException | IllegalArgumentException changed) {
      return new AuditVerification.Broken(walk.records, Math.max(walk.last, 1), "edited");
    }
    if (sealed.isEmpty()) {
      return new AuditVerification.Broken(walk.records, Math.max(walk.last, 1), "removed");
    }
    AuditChain.Head head = sealed.get();
    if (walk.last < head.count()) {
      return new AuditVerification.Broken(walk.records, walk.last + 1, "truncated");
    }
    if (walk.last > head.count() || !Arrays.equals(walk.mac, head.mac())) {
      return new AuditVerification.Broken(walk.records, Math.max(head.count() + 1, 1), "edited");
    }
    return new AuditVerification.Intact(walk.records);
  }

  private Optional<AuditChain.Head> head(Transaction transaction) {
    return store
        .head(transaction)
        .map(bytes -> AuditChain.Head.decode(sealer.open(bytes, HEAD_PLACE)));
  }

  /** Says what happened where the walk broke. */
  private String problem(Transaction transaction, Walk walk) {
    AuditStore.Link at = walk.at;
    if (at == null || !chain.isOurs(at)) {
      return "edited";
    }
    if (at.sequence() > walk.broken) {
      return elsewhere(transaction, walk.broken) ? "reordered" : "removed";
    }
    long written = AuditCodec.decode(at.record()).sequence();
    if (written == at.sequence()) {
      return "edited";
    }
    return elsewhere(transaction, walk.broken) ? "reordered" : "removed";
  }

  /** Whether the record that was written at {@code sequence} stands at another place. */
  private boolean elsewhere(Transaction transaction, long sequence) {
    Set<Long> written = new HashSet<>();
    store.read(
        transaction,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        link -> {
          if (chain.isOurs(link) && AuditCodec.decode(link.record()).sequence() == sequence) {
            written.add(link.sequence());
          }
        });
    return !written.isEmpty();
  }

  /** One pass over the links, as far as they are as they were written. */
  private final class Walk {

    private long records;
    private long last;
    private byte[] mac = AuditChain.start().mac();
    private long broken;
    private AuditStore.@Nullable Link at;

    void take(AuditStore.Link link) {
      records++;
      if (broken != 0) {
        return;
      }
      if (link.sequence() == last + 1 && isAsWritten(link)) {
        last = link.sequence();
        mac = link.mac();
      } else {
        broken = last + 1;
        at = link;
      }
    }

    private boolean isAsWritten(AuditStore.Link link) {
      return chain.isOurs(link)
          && chain.follows(mac, link)
          && AuditCodec.decode(link.record()).sequence() == link.sequence();
    }
  }
}
