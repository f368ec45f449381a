package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.Leasing;
import dev.latchkey.agent.secret.SecretException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Finds and revokes what a call whose answer was lost may have granted, where the declaration says
 * that nobody but this agent asks under the path. In the secret's mailbox; blocks.
 *
 * <p>What the manager lists is held against the whole ledger, since another secret may have the
 * same path, and only when no call under it can still bring a lease: neither the intent's own nor
 * one of another secret. The calls of this process are known; those of one that died are over when
 * the manager's limit for a call is.
 */
final class Reclaiming {

  private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(2);

  private final LeaseContext context;
  private final LeaseJournal journal;
  private final LeaseRows rows;
  private final LeaseTroubles troubles;
  private final Supplier<List<Lease>> ledger;

  /**
   * Over the rows of one secret.
   *
   * @param ledger the rows of every secret
   */
  Reclaiming(
      LeaseContext context,
      LeaseJournal journal,
      LeaseRows rows,
      LeaseTroubles troubles,
      Supplier<List<Lease>> ledger) {
    this.context = context;
    this.journal = journal;
    this.rows = rows;
    this.troubles = troubles;
    this.ledger = ledger;
  }

  /** How long until the intent may be looked into; for ever where others ask under its path too. */
  Duration wait(Lease intent) {
    if (!context.terms(intent.secret()).exclusive()) {
      return Duration.between(context.time().now(), intent.expiresAt());
    }
    Instant asked =
        ledger.get().stream()
            .filter(row -> row.stage() == Lease.Stage.INTENT && row.sharesPath(intent))
            .map(Lease::lastAskedAt)
            .reduce(askedUntil(intent), Reclaiming::later);
    return Duration.between(context.time().now(), asked.plus(limit(intent)));
  }

  private Instant askedUntil(Lease intent) {
    return later(intent.lastAskedAt(), context.calls().askedUntil(intent));
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private Duration limit(Lease intent) {
    return context.leasing(intent.backend()).map(Leasing::callLimit).orElse(Duration.ZERO);
  }

  /** Looks, once it may; a failure is tried again later. */
  void reclaim(Lease intent) {
    if (!context.terms(intent.secret()).exclusive() || isTooEarly(intent)) {
      return;
    }
    try {
      List<Leasing.KnownLease> listed = context.leasing(intent).leases(intent.path());
      // A lease that was asked for meanwhile has its intent or its row by now.
      if (isTooEarly(intent)) {
        return;
      }
      Set<String> known = ledger.get().stream().map(Lease::leaseId).collect(Collectors.toSet());
      List<Leasing.KnownLease> unknown =
          listed.stream()
              .filter(found -> !known.contains(found.leaseId()))
              .filter(found -> isOf(intent, found.issuedAt()))
              .toList();
      for (Leasing.KnownLease found : unknown) {
        context.leasing(intent).revoke(found.leaseId());
      }
      String detail = unknown.size() + " unknown leases revoked";
      journal.end(intent, "lease.reclaim", detail, LeaseJournal.AGENT);
      rows.remove(intent);
      troubles.over(intent.id());
    } catch (SecretException failure) {
      troubles.failed(intent.id(), failure);
    }
  }

  private boolean isTooEarly(Lease intent) {
    Duration wait = wait(intent);
    return !wait.isNegative() && !wait.isZero();
  }

  private boolean isOf(Lease intent, Instant issuedAt) {
    return !issuedAt.isBefore(intent.issuedAt().minus(CLOCKS_DIFFER))
        && issuedAt.isBefore(askedUntil(intent).plus(limit(intent)).plus(CLOCKS_DIFFER));
  }
}
