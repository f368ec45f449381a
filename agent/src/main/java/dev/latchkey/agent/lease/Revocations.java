package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.Leasing;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.secret.SecretException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Ends leases: retired ones once nobody holds them, and what a crash left behind. In the secret's
 * mailbox; blocks.
 */
final class Revocations {

  private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(60);

  private final LeaseContext context;
  private final LeaseJournal journal;
  private final LeaseRows rows;
  private final LeaseTroubles troubles;

  Revocations(LeaseContext context, LeaseJournal journal, LeaseRows rows, LeaseTroubles troubles) {
    this.context = context;
    this.journal = journal;
    this.rows = rows;
    this.troubles = troubles;
  }

  /** Whether the manager has ended it by itself. */
  boolean isOver(Lease row) {
    return !context.time().now().isBefore(row.end());
  }

  /** Forgets a row that is over. */
  void drop(Lease row) {
    if (row.stage() == Lease.Stage.INTENT) {
      journal.forget(row);
    } else {
      journal.end(row, "lease.end", "it expired");
    }
    forgotten(row);
  }

  /** Forgets a lease whose value was current and that the manager knows no more. */
  void lost(Lease row) {
    journal.end(row, "lease.lost", "");
    forgotten(row);
    context.events().emit(new AgentEvent.LeaseLost(row.secret()));
  }

  private void forgotten(Lease row) {
    rows.remove(row);
    troubles.over(row.id());
  }

  /** Whether nobody needs the retired lease any more. */
  boolean mayRetire(Lease row) {
    boolean overlapOver = row.retireAt().map(at -> !context.time().now().isBefore(at)).orElse(true);
    return overlapOver
        || rows.held()
            .filter(held -> context.holders().allAcknowledged(row.secret(), held.version()))
            .isPresent();
  }

  /** Keeps that the lease is to be revoked, then revokes it; a failure is tried again later. */
  void revoke(Lease row) {
    Lease revoking = row.at(Lease.Stage.REVOKING, row.retireAt());
    if (!revoking.equals(row)) {
      journal.save(revoking);
      rows.put(revoking);
    }
    revokeNow(revoking);
  }

  private void revokeNow(Lease row) {
    if (isOver(row)) {
      drop(row);
      return;
    }
    try {
      context.leasing(row).revoke(row.leaseId());
      journal.end(row, "lease.revoke", "");
      forgotten(row);
      rows.held()
          .filter(held -> held.version() > row.version())
          .ifPresent(held -> context.holders().retire(row.secret(), held.version()));
    } catch (SecretException failure) {
      troubles.failed(row.id(), failure);
    }
  }

  /**
   * Finds what an answer that was lost may have granted: the one lease under the path that the
   * ledger does not know and that was granted while the manager was asked, where the declaration
   * says that nobody else asks there.
   */
  void reclaim(Lease intent) {
    try {
      Set<String> known = rows.all().stream().map(Lease::leaseId).collect(Collectors.toSet());
      List<Leasing.KnownLease> unknown =
          context.leasing(intent).leases(intent.path()).stream()
              .filter(found -> !known.contains(found.leaseId()))
              .filter(found -> isOf(intent, found.issuedAt()))
              .toList();
      for (Leasing.KnownLease found : unknown) {
        context.leasing(intent).revoke(found.leaseId());
      }
      journal.end(intent, "lease.reclaim", unknown.size() + " unknown leases revoked");
      forgotten(intent);
    } catch (SecretException failure) {
      troubles.failed(intent.id(), failure);
    }
  }

  private static boolean isOf(Lease intent, Instant issuedAt) {
    Instant last = intent.expiresAt().minus(intent.granted());
    return !issuedAt.isBefore(intent.issuedAt().minus(CLOCKS_DIFFER))
        && issuedAt.isBefore(last.plus(ANSWER));
  }

  Optional<SecretException> trouble(Lease row) {
    return troubles.why(row.id());
  }
}
