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

  /** The shortest time between two leases of a secret. */
  private static final Duration PACE = Duration.ofSeconds(4);

  private final SecretName name;
  private final LeaseContext context;
  private final LeaseRows rows;
  private final LeaseTroubles troubles;
  private final Issues issues;
  private final Renewals renewals;
  private final Revocations revocations;
  private final Reclaiming reclaiming;
  private boolean wantsSuccessor;

  Upkeep(
      SecretName name,
      LeaseContext context,
      LeaseRows rows,
      LeaseTroubles troubles,
      Issues issues,
      Renewals renewals,
      Revocations revocations,
      Reclaiming reclaiming) {
    this.name = name;
    this.context = context;
    this.rows = rows;
    this.troubles = troubles;
    this.issues = issues;
    this.renewals = renewals;
    this.revocations = revocations;
    this.reclaiming = reclaiming;
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
    if (revocations.isOver(row)) {
      // Whatever the manager said before is no reason to wait with what follows the end.
      if (troubles.mayTry(LeaseTroubles.END)) {
        guarded(LeaseTroubles.END, () -> over(row));
      }
      return;
    }
    switch (row.stage()) {
      case HELD -> keep(row);
      case RETIRING -> {
        if (troubles.mayTry(row.id()) && revocations.mayRetire(row)) {
          revocations.revoke(row);
        }
      }
      case REVOKING -> {
        if (troubles.mayTry(row.id())) {
          revocations.revoke(row);
        }
      }
      case INTENT -> {
        if (troubles.mayTry(row.id())) {
          reclaiming.reclaim(row);
        }
      }
    }
  }

  private void over(Lease row) {
    if (row.stage() == Lease.Stage.HELD) {
      lost(row);
    } else {
      revocations.drop(row);
    }
    troubles.over(LeaseTroubles.END);
  }

  /**
   * The manager ended the lease: a successor takes its place at once, or else its value is served
   * no more.
   */
  private void lost(Lease row) {
    wantsSuccessor = isDeclared();
    if (wantsSuccessor) {
      succeed();
    }
    if (rows.find(row.id()).isPresent()) {
      revocations.lost(row);
    }
    renewals.planAnew();
    revocations.tellLost(row);
  }

  private boolean isDeclared() {
    return context.catalog().find(name).isPresent();
  }

  private void keep(Lease held) {
    Optional<Declaration> declared = context.catalog().find(name);
    if (declared.isEmpty()) {
      revocations.giveBack(held);
      rows.find(held.id()).ifPresent(this::step);
      return;
    }
    if (!held.isOf(declared.get())) {
      succeed();
    }
    if (rows.held().filter(held::equals).isPresent()) {
      keepAlive(held);
    }
  }

  private void keepAlive(Lease held) {
    Step next = renewals.next(held);
    Instant now = context.time().now();
    if (next instanceof Step.Replace && !now.isBefore(next.at())) {
      succeed();
      return;
    }
    boolean late = isLate(held) && troubles.mayTry(LeaseTroubles.ISSUE);
    if (next instanceof Step.Renew
        && !now.isBefore(next.at())
        && (late || troubles.mayTry(held.id()))) {
      renew(held);
    }
    // An outage may be over, so a lease is given up only after one more renewal.
    if (late && isLate(held)) {
      succeed();
    }
  }

  private boolean isLate(Lease held) {
    return rows.find(held.id()).filter(row -> row.stage() == Lease.Stage.HELD).isPresent()
        && renewals
            .lastChance(held)
            .filter(last -> !context.time().now().isBefore(last))
            .isPresent();
  }

  private void renew(Lease held) {
    if (!renewals.renew(held)) {
      Lease lost = held.lostAt(context.time().now());
      rows.put(lost);
      lost(lost);
    }
  }

  /** Gets a successor; the value before is served on, marked stale, while there is none. */
  private void succeed() {
    if (!troubles.mayTry(LeaseTroubles.ISSUE)) {
      return;
    }
    try {
      var _ = issue(declaration(), LeaseJournal.AGENT);
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
  SecretState issue(Declaration declaration, String actor) {
    troubles.check(LeaseTroubles.ISSUE);
    return issueNow(declaration, actor);
  }

  /** Asks for a lease, whatever failed a moment ago. */
  SecretState issueNow(Declaration declaration, String actor) {
    Optional<Lease> before = rows.held();
    try {
      SecretState state = issues.issue(declaration, actor);
      troubles.over(LeaseTroubles.ISSUE);
      // That it could not be renewed is no reason to wait with its revocation.
      before.ifPresent(replaced -> troubles.over(replaced.id()));
      rows.held().map(Lease::granted).ifPresent(this::pace);
      wantsSuccessor = false;
      renewals.planAnew();
      return state;
    } catch (SecretException failure) {
      troubles.failed(LeaseTroubles.ISSUE, failure);
      throw failure;
    }
  }

  /** Leases that hardly live are not asked for as fast as they end. */
  private void pace(Duration life) {
    if (life.compareTo(PACE.multipliedBy(2)) < 0) {
      troubles.pause(
          LeaseTroubles.ISSUE,
          SecretException.of(
              Reason.UNAVAILABLE,
              name + ": its leases live " + life + ", too short to be replaced in time"),
          PACE);
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
    Duration end = longer(until(row.end()), retryIn(LeaseTroubles.END));
    if (revocations.isOver(row)) {
      return Optional.of(end);
    }
    Optional<Duration> due =
        switch (row.stage()) {
          case HELD -> Optional.of(heldDue(row));
          case RETIRING -> row.retireAt().map(at -> longer(until(at), retryIn(row.id())));
          case REVOKING -> Optional.of(retryIn(row.id()));
          case INTENT -> Optional.of(longer(atLeastZero(reclaiming.wait(row)), retryIn(row.id())));
        };
    return Optional.of(due.map(span -> shorter(span, end)).orElse(end));
  }

  private Duration heldDue(Lease row) {
    Duration successor = retryIn(LeaseTroubles.ISSUE);
    Step next = renewals.next(row);
    Duration due =
        switch (next) {
          case Step.Replace replace -> longer(until(replace.at()), successor);
          case Step.Renew renew -> longer(until(renew.at()), retryIn(row.id()));
        };
    Optional<Duration> last = renewals.lastChance(row).map(at -> longer(until(at), successor));
    boolean moved = context.catalog().find(name).filter(row::isOf).isEmpty();
    return shorter(moved ? shorter(due, successor) : due, last.orElse(due));
  }

  private Duration until(Instant at) {
    return atLeastZero(Duration.between(context.time().now(), at));
  }

  private Duration retryIn(String key) {
    return troubles.retryIn(key).orElse(Duration.ZERO);
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
