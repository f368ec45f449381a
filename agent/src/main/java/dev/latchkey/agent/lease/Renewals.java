package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.Leasing;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.schedule.RenewalSchedule;
import dev.latchkey.agent.schedule.RenewalSchedule.Step;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Extends the lease that is held, and says when it must have a successor. In the secret's mailbox;
 * blocks.
 */
final class Renewals {

  /** What a clock may go back without anybody minding. */
  private static final Duration CLOCK_SLIPS = Duration.ofSeconds(2);

  /** What is left of the failures of an outage: the next wait is a few seconds. */
  private static final int FAILURES_AFTER_RETURN = 2;

  private final LeaseContext context;
  private final LeaseJournal journal;
  private final LeaseRows rows;
  private final LeaseTroubles troubles;
  private final LeaseDoor door;
  private final RenewalSlots slots;
  private @Nullable Step step;
  private @Nullable Instant lastChance;

  /** Over all leases of the secret: a successor's renewal fails as the one before, as a rule. */
  private int failuresInARow;

  Renewals(
      LeaseContext context,
      LeaseJournal journal,
      LeaseRows rows,
      LeaseTroubles troubles,
      LeaseDoor door,
      RenewalSlots slots) {
    this.context = context;
    this.journal = journal;
    this.rows = rows;
    this.troubles = troubles;
    this.door = door;
    this.slots = slots;
  }

  /** What comes next for the lease that is held, drawn once and kept until {@link #planAnew}. */
  Step next(Lease held) {
    Step planned = step;
    if (planned == null) {
      planned = drawn(held);
      step = planned;
    }
    return planned;
  }

  private Step drawn(Lease held) {
    boolean maybe = held.extensible() && troubles.mayTry(LeaseTroubles.REFUSAL);
    Step latest = RenewalSchedule.next(terms(held, maybe), context.random());
    Instant now = context.time().now();
    Instant slot = slots.take(now, wentBack(held, now) ? now : latest.at());
    return switch (latest) {
      case Step.Renew renew -> new Step.Renew(slot);
      case Step.Replace replace -> new Step.Replace(slot);
    };
  }

  /** Whether the clock went back since it was granted, so that its times mean nothing any more. */
  private static boolean wentBack(Lease held, Instant now) {
    return held.issuedAt().isAfter(now.plus(CLOCK_SLIPS));
  }

  private RenewalSchedule.Terms terms(Lease held, boolean extensible) {
    return new RenewalSchedule.Terms(
        held.issuedAt(),
        held.expiresAt(),
        held.parentEndsAt(),
        held.granted(),
        extensible,
        context.terms(held.secret()).overlap());
  }

  /**
   * From when on a lease whose renewal fails is not waited for: its successor is asked for too, so
   * that the overlap is left. Empty while no renewal fails.
   */
  Optional<Instant> lastChance(Lease held) {
    if (troubles.why(held.id()).isEmpty()) {
      return Optional.empty();
    }
    Instant drawn = lastChance;
    if (drawn == null) {
      drawn = RenewalSchedule.next(terms(held, false), context.random()).at();
      lastChance = drawn;
    }
    return Optional.of(drawn);
  }

  /** Draws the next step again when it is asked for. */
  void planAnew() {
    drawAnew();
    lastChance = null;
  }

  private void drawAnew() {
    Step planned = step;
    if (planned != null) {
      slots.free(planned.at());
      step = null;
    }
  }

  /** After an outage a failure is not taken for a part of it. */
  void returned() {
    failuresInARow = Math.min(failuresInARow, FAILURES_AFTER_RETURN);
  }

  /**
   * Extends the lease.
   *
   * @return false when the manager does not know it any more
   */
  boolean renew(Lease held) {
    try {
      Lease next = extended(held);
      door.extend(next);
      failuresInARow = 0;
      troubles.over(held.id());
      troubles.over(LeaseTroubles.REFUSAL);
      lastChance = null;
      return true;
    } catch (SecretException failure) {
      return failed(held, failure);
    } finally {
      drawAnew();
    }
  }

  /** A grant that falls short of what was asked for is the last: the maximum life is near. */
  private Lease extended(Lease held) {
    Leasing.Renewal renewal = context.leasing(held).renew(held.leaseId(), held.granted());
    Instant now = context.time().now();
    if (!renewal.expiresAt().isAfter(now)) {
      throw SecretException.of(Reason.NOT_FOUND, "the lease had ended");
    }
    Duration got = Duration.between(now, renewal.expiresAt());
    boolean whole = got.compareTo(held.granted().multipliedBy(9).dividedBy(10)) >= 0;
    return held.extended(now, renewal.expiresAt(), renewal.renewable() && whole);
  }

  /** A refusal is no outage: the lease lives to its end and gets a successor in time. */
  private boolean failed(Lease held, SecretException failure) {
    switch (failure.reason()) {
      case NOT_FOUND -> {
        return false;
      }
      case BACKEND_REFUSED, INVALID_REQUEST, UNSUPPORTED, DENIED -> {
        troubles.over(held.id());
        troubles.failed(LeaseTroubles.REFUSAL, failure);
        Lease last = held.notExtensible();
        journal.save(last);
        rows.put(last);
        context
            .events()
            .emit(new AgentEvent.RenewalRefused(held.secret(), failure.safeMessage(), held.end()));
      }
      case UNKNOWN_CALLER,
          VERSION_DESTROYED,
          LEASE_EXPIRED,
          NOT_POSSIBLE_NOW,
          CONFLICT,
          LIMIT_EXCEEDED,
          UNAVAILABLE,
          INTERNAL -> {
        failuresInARow++;
        troubles.failed(held.id(), failure, failuresInARow);
        context.current().turnStale(held.secret(), failure.safeMessage());
      }
    }
    return true;
  }
}
