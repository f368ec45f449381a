package dev.latchkey.agent.lease;

import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.time.Mailbox;
import dev.latchkey.agent.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The leases of one secret: the one that is held, those on their way out, and the intent under way.
 * All that changes them happens in the mailbox, so that each lease has one owner.
 */
final class SecretLeases {

  /** Two tellings of one end differ by no more than this. */
  private static final Duration SAME = Duration.ofSeconds(1);

  private final SecretName name;
  private final LeaseContext context;
  private final LeaseRows rows = new LeaseRows();
  private final LeaseTroubles troubles;
  private final Renewals renewals;
  private final Revocations revocations;
  private final LeaseJournal journal;
  private final Upkeep upkeep;
  private final Mailbox mailbox;
  private Timers.@Nullable Timer timer;
  private boolean closed;

  /**
   * Nothing yet.
   *
   * @param ledger the rows of every secret
   */
  SecretLeases(
      SecretName name, LeaseContext context, RenewalSlots slots, Supplier<List<Lease>> ledger) {
    this.name = name;
    this.context = context;
    this.journal = new LeaseJournal(context);
    this.troubles = new LeaseTroubles(context.time(), context.random());
    LeaseDoor door = new LeaseDoor(context, journal, rows);
    this.renewals = new Renewals(context, journal, rows, troubles, door, slots);
    this.revocations = new Revocations(context, journal, rows, troubles, door);
    this.upkeep =
        new Upkeep(
            name,
            context,
            rows,
            troubles,
            new Issues(context, journal, rows, door),
            renewals,
            revocations,
            new Reclaiming(context, journal, rows, troubles, ledger));
    this.mailbox = new Mailbox(context.executor());
  }

  LeaseRows rows() {
    return rows;
  }

  /** What is the matter with a row; empty for nothing. */
  String trouble(Lease row) {
    boolean issuing = row.stage() == Lease.Stage.HELD || row.stage() == Lease.Stage.INTENT;
    return troubles
        .why(row.id())
        .or(() -> issuing ? troubles.why(LeaseTroubles.ISSUE) : Optional.empty())
        .map(SecretException::safeMessage)
        .orElse("");
  }

  /** Takes up a row that the store kept. Called before anything else. */
  void takeUp(Lease kept) {
    rows.put(kept);
  }

  /** The value of the lease that is held, or of a new one. */
  CompletableFuture<SecretState> obtain(Declaration declaration) {
    return ask(() -> confirmed().orElseGet(() -> upkeep.issue(declaration, LeaseJournal.AGENT)));
  }

  /** Revokes a lease whoever holds it; one that is held gets its successor first. */
  CompletableFuture<Boolean> revoke(String id, String actor) {
    return ask(
        () -> {
          Optional<Lease> wanted = rows.find(id);
          wanted.ifPresent(row -> succeed(row, actor));
          rows.find(id).ifPresent(row -> revocations.revoke(row, actor));
          rows.find(id)
              .flatMap(revocations::trouble)
              .ifPresent(
                  why -> {
                    throw why;
                  });
          return wanted.isPresent();
        });
  }

  /** Gives a lease that is to be revoked its successor, where it needs one. */
  private void succeed(Lease row, String actor) {
    switch (row.stage()) {
      case INTENT ->
          throw SecretException.of(
              Reason.NOT_POSSIBLE_NOW,
              "nobody knows the lease of an intent; it ends by itself, or declare"
                  + " lease.exclusive");
      case HELD -> {
        var _ = upkeep.issueNow(upkeep.declaration(), actor);
      }
      case RETIRING, REVOKING -> {}
    }
  }

  /** Notes when the token ends under which leases were made; empty while it is renewed. */
  void parentEnds(String accessor, Optional<Instant> at) {
    post(
        () -> {
          for (Lease row : rows.all()) {
            if (row.parent().equals(accessor) && isNews(row, at)) {
              upkeep.guarded(row.id(), () -> parentEnds(row, at));
            }
          }
        });
  }

  private static boolean isNews(Lease row, Optional<Instant> at) {
    boolean same =
        row.parentEndsAt()
            .flatMap(known -> at.map(told -> Duration.between(known, told).abs()))
            .map(between -> between.compareTo(SAME) <= 0)
            .orElse(row.parentEndsAt().equals(at));
    return !same;
  }

  /** Goes by what it learnt also where it cannot be kept: the next start learns it anew. */
  private void parentEnds(Lease row, Optional<Instant> at) {
    Lease ending = row.parentEnding(at);
    rows.put(ending);
    renewals.planAnew();
    journal.save(ending);
  }

  /** Judges everything against the clock anew. */
  void planAgain() {
    post(renewals::planAnew);
  }

  /** Tries again within {@code spread} what an outage failed. */
  void retry(Duration spread) {
    post(
        () -> {
          troubles.returned(spread);
          renewals.returned();
        });
  }

  /** Looks whether something is due: time passed, or a holder acknowledged. */
  void look() {
    post(() -> {});
  }

  /** Plans nothing more, and revokes what is declared so. */
  CompletableFuture<Boolean> close() {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    mailbox.post(
        () -> {
          closed = true;
          cancel();
          if (context.terms(name).revokedOnExit()) {
            rows.all().stream()
                .filter(row -> row.stage() != Lease.Stage.INTENT)
                .forEach(row -> upkeep.guarded(row.id(), () -> revocations.revoke(row)));
          }
          done.complete(true);
        });
    return done;
  }

  private void post(Runnable work) {
    mailbox.post(
        () -> {
          upkeep.guarded(LeaseTroubles.ISSUE, work);
          turn();
        });
  }

  private <T> CompletableFuture<T> ask(Supplier<T> work) {
    CompletableFuture<T> answer = mailbox.ask(work);
    mailbox.post(this::turn);
    return answer;
  }

  /**
   * The value of the lease that is held, confirmed without asking the manager; empty when there is
   * none that lives.
   *
   * @throws SecretException while its renewal fails: it is served on, and is stale
   */
  private Optional<SecretState> confirmed() {
    Optional<Lease> held = rows.held().filter(row -> !revocations.isOver(row));
    held.flatMap(row -> troubles.why(row.id()).or(() -> troubles.why(LeaseTroubles.ISSUE)))
        .ifPresent(
            why -> {
              throw why;
            });
    return held.flatMap(
        row ->
            context
                .current()
                .held(name)
                .filter(now -> now.state().id().version() == row.version())
                .map(this::confirm)
                .or(() -> context.current().version(name, row.version())));
  }

  private SecretState confirm(Held now) {
    context.current().confirm(name);
    return now.state();
  }

  private void turn() {
    if (!closed) {
      upkeep.turn();
      upkeep.guarded(LeaseTroubles.ISSUE, this::rearm);
    }
  }

  private void rearm() {
    cancel();
    upkeep.nextIn().ifPresent(wait -> timer = context.timers().schedule(wait, this::look));
  }

  private void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** Every row with what is the matter with it. */
  List<Leases.LeaseReport> report() {
    return rows.all().stream().map(row -> new Leases.LeaseReport(row, trouble(row))).toList();
  }
}
