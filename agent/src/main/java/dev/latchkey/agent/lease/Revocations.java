package dev.latchkey.agent.lease;

import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.secret.SecretException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Ends leases: retired ones once nobody holds them, and those that the manager ended. In the
 * secret's mailbox; blocks.
 */
final class Revocations {

  private final LeaseContext context;
  private final LeaseJournal journal;
  private final LeaseRows rows;
  private final LeaseTroubles troubles;
  private final LeaseDoor door;

  /** Who asked for the revocation of a row, by its id; whatever is not here is the agent's wish. */
  private final Map<String, String> actors = new HashMap<>();

  Revocations(
      LeaseContext context,
      LeaseJournal journal,
      LeaseRows rows,
      LeaseTroubles troubles,
      LeaseDoor door) {
    this.context = context;
    this.journal = journal;
    this.rows = rows;
    this.troubles = troubles;
    this.door = door;
  }

  /** Whether the manager has ended it by itself. */
  boolean isOver(Lease row) {
    return !context.time().now().isBefore(row.end());
  }

  /** Forgets a row that is over and whose value is not current. */
  void drop(Lease row) {
    if (row.stage() == Lease.Stage.INTENT) {
      journal.forget(row);
    } else {
      journal.end(row, "lease.end", "it expired", actor(row));
    }
    forgotten(row);
  }

  /** Forgets a lease that the manager ended and that has no successor: its value ends now. */
  void lost(Lease row) {
    door.end(
        row, transaction -> journal.end(transaction, row, "lease.lost", "", LeaseJournal.AGENT));
    forgotten(row);
  }

  private void forgotten(Lease row) {
    rows.remove(row);
    troubles.over(row.id());
    actors.remove(row.id());
    if (row.stage() != Lease.Stage.INTENT) {
      door.retireHolders(row);
    }
  }

  private String actor(Lease row) {
    return actors.getOrDefault(row.id(), LeaseJournal.AGENT);
  }

  /** Begins to give back a lease whose secret is not declared any more. */
  void giveBack(Lease row) {
    Instant overlapped = context.time().now().plus(context.terms(row.secret()).overlap());
    Instant last = overlapped.isBefore(row.end()) ? overlapped : row.end();
    Lease retiring = row.at(Lease.Stage.RETIRING, Optional.of(last));
    context
        .transactions()
        .run(
            transaction -> {
              context.store().save(transaction, retiring);
              journal.record(
                  transaction,
                  retiring,
                  "lease.retire",
                  "the secret is not declared any more",
                  LeaseJournal.AGENT);
            });
    rows.put(retiring);
  }

  /** Whether nobody needs the retired lease any more. */
  boolean mayRetire(Lease row) {
    boolean overlapOver = row.retireAt().map(at -> !context.time().now().isBefore(at)).orElse(true);
    return overlapOver || isUnused(row);
  }

  /** Every holder acknowledged the successor; where there is none, there is no holder. */
  private boolean isUnused(Lease row) {
    return door.newest(row.secret())
        .map(
            newest ->
                newest > row.version()
                    ? context.holders().allAcknowledged(row.secret(), newest)
                    : context.holders().of(row.secret()).isEmpty())
        .orElse(false);
  }

  /** Does what {@code actor} wants: revokes the lease now, whoever holds it. */
  void revoke(Lease row, String actor) {
    actors.put(row.id(), actor);
    revoke(row);
  }

  /**
   * Keeps that the lease is to be revoked, so that its value is not served any more if it is
   * current; then revokes it. A failure is tried again later.
   */
  void revoke(Lease row) {
    Lease revoking = row.at(Lease.Stage.REVOKING, row.retireAt());
    if (!revoking.equals(row)) {
      door.end(row, transaction -> context.store().save(transaction, revoking));
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
      journal.end(row, "lease.revoke", "", actor(row));
      forgotten(row);
    } catch (SecretException failure) {
      troubles.failed(row.id(), failure);
    }
  }

  /** Says that the manager ended a lease, which nobody here wanted. */
  void tellLost(Lease row) {
    context.events().emit(new AgentEvent.LeaseLost(row.secret()));
  }

  Optional<SecretException> trouble(Lease row) {
    return troubles.why(row.id());
  }
}
