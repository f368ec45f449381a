package dev.latchkey.agent.lease;

import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.schedule.RenewalSchedule.Step;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Does what is due for the leases of one secret, and says when something is due next. In the
 * secret's mailbox; blocks.
 */
final class Upkeep {

  private final SecretName name;
  private final LeaseContext context;
  private final LeaseRows rows;
  private final LeaseTroubles troubles;
  private final Issues issues;
  private final Renewals renewals;
  private final Revocations revocations;
  private boolean wantsSuccessor;

  Upkeep(
      SecretName name,
      LeaseContext context,
      LeaseRows rows,
      LeaseTroubles troubles,
      Issues issues,
      Renewals renewals,
      Revocations revocations) {
    this.name = name;
    this.context = context;
    this.rows = rows;
    this.troubles = troubles;
    this.issues = issues;
    this.renewals = renewals;
    this.revocations = revocations;
  }

  /** Does what is due. */
  void turn() {
    rows.all().forEach(row -> guarded(row.id(), () -> step(row)));
    if (wantsSuccessor) {
      guarded(LeaseTroubles.ISSUE, this::succeed);
    }
  }

  /** Nothing that fails may stop the mailbox; it is noted under {@code key} and tried again. */
  void guarded(String key, Runnable work) {
    try {
      work.run();
    } catch (SecretException failure) {
      troubles.failed(key, failure);
    } catch (RuntimeException failure) {
      troubles.failed(
          key,
          SecretException.of(Reason.INTERNAL, name + ": the lease could not be kept", failure));
    }
  }

  private void step(Lease row) {
    if (!troubles.mayTry(row.id())) {
      return;
    }
    if (revocations.isOver(row)) {
      over(row);
      return;
    }
    switch (row.stage()) {
      case HELD -> keep(row);
      case RETIRING -> {
        if (revocations.mayRetire(row)) {
          revocations.revoke(row);
        }
      }
      case REVOKING -> revocations.revoke(row);
      case INTENT -> {
        if (context.terms(name).exclusive()) {
          revocations.reclaim(row);
        }
      }
    }
  }

  private void over(Lease row) {
    if (row.stage() == Lease.Stage.HELD) {
      wantsSuccessor = true;
      revocations.lost(row);
    } else {
      revocations.drop(row);
    }
  }

  private void keep(Lease held) {
    Step next = renewals.next(held);
    if (context.time().now().isBefore(next.at())) {
      return;
    }
    switch (next) {
      case Step.Replace replace -> succeed();
      case Step.Renew renew -> {
        if (!renewals.renew(held)) {
          wantsSuccessor = true;
          revocations.lost(held);
        }
      }
    }
  }

  /** Gets a successor; the value before is served on, marked stale, while there is none. */
  private void succeed() {
    if (!troubles.mayTry(LeaseTroubles.ISSUE)) {
      return;
    }
    try {
      var _ = issue(declaration());
    } catch (SecretException failure) {
      if (troubles.mayTry(LeaseTroubles.ISSUE)) {
        troubles.failed(LeaseTroubles.ISSUE, failure);
      }
      context.current().turnStale(name, failure.safeMessage());
    }
  }

  /**
   * Asks for a lease, unless that failed a moment ago.
   *
   * @throws SecretException why there is none
   */
  SecretState issue(Declaration declaration) {
    troubles.check(LeaseTroubles.ISSUE);
    try {
      SecretState state = issues.issue(declaration);
      troubles.over(LeaseTroubles.ISSUE);
      wantsSuccessor = false;
      renewals.planAnew();
      return state;
    } catch (SecretException failure) {
      troubles.failed(LeaseTroubles.ISSUE, failure);
      throw failure;
    }
  }

  Declaration declaration() {
    return context
        .catalog()
        .find(name)
        .orElseThrow(
            () -> SecretException.of(Reason.NOT_FOUND, name + " is not declared any more"));
  }

  /** How long until something is due; empty for never. */
  Optional<Duration> nextIn() {
    Optional<Duration> successor =
        wantsSuccessor ? troubles.retryIn(LeaseTroubles.ISSUE) : Optional.empty();
    return Stream.concat(rows.all().stream().flatMap(row -> wait(row).stream()), successor.stream())
        .min(Duration::compareTo);
  }

  /** How long until something is due for a row. */
  private Optional<Duration> wait(Lease row) {
    Instant now = context.time().now();
    Duration end = atLeastZero(Duration.between(now, row.end()));
    Optional<Duration> due =
        switch (row.stage()) {
          case HELD -> Optional.of(heldDue(row, now));
          case RETIRING -> row.retireAt().map(at -> atLeastZero(Duration.between(now, at)));
          case REVOKING -> Optional.of(Duration.ZERO);
          case INTENT ->
              context.terms(name).exclusive() ? Optional.of(Duration.ZERO) : Optional.empty();
        };
    Duration retry = troubles.retryIn(row.id()).orElse(Duration.ZERO);
    return Optional.of(longer(due.map(span -> shorter(span, end)).orElse(end), retry));
  }

  private Duration heldDue(Lease row, Instant now) {
    Step next = renewals.next(row);
    Duration due = atLeastZero(Duration.between(now, next.at()));
    return next instanceof Step.Replace
        ? longer(due, troubles.retryIn(LeaseTroubles.ISSUE).orElse(Duration.ZERO))
        : due;
  }

  private static Duration atLeastZero(Duration span) {
    return span.isNegative() ? Duration.ZERO : span;
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
