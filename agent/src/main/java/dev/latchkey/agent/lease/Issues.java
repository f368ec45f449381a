package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.Tokens;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lease.LeaseDoor.Asked;
import dev.latchkey.agent.schedule.RenewalSchedule;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretState;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Asks for leases: the intent is kept before the manager is asked, the lease with the version that
 * it brings. In the secret's mailbox; blocks.
 */
final class Issues {

  /** Whatever a lost answer may have granted is taken for gone after this, if nothing is known. */
  private static final Duration LONGEST_LIFE = Duration.ofDays(32);

  private static final int ID_BYTES = 8;

  private final LeaseContext context;
  private final LeaseJournal journal;
  private final LeaseRows rows;
  private final LeaseDoor door;

  Issues(LeaseContext context, LeaseJournal journal, LeaseRows rows, LeaseDoor door) {
    this.context = context;
    this.journal = journal;
    this.rows = rows;
    this.door = door;
  }

  /**
   * Asks for a new lease and makes its value current; the lease held before retires.
   *
   * @param actor who wants it, for the audit
   * @throws SecretException what the manager or the store said; an intent whose fate is unknown
   *     stays in the ledger
   */
  SecretState issue(Declaration declaration, String actor) {
    Backend backend =
        Optional.ofNullable(context.backends().get(declaration.backend()))
            .orElseThrow(
                () ->
                    SecretException.of(
                        Reason.INTERNAL, "there is no backend \"" + declaration.backend() + "\""));
    Optional<Tokens> tokens = Optional.ofNullable(context.tokens().get(declaration.backend()));
    tokens.ifPresent(Tokens::token);
    Lease intent = intent(declaration);
    BackendRead read = read(backend, declaration, intent);
    Asked asked = new Asked(actor, declaration.lease().overlap());
    return switch (read.lifetime()) {
      case Lifetime.Leased leased when !read.leaseId().isEmpty() ->
          publish(intent, granted(intent, read, leased, parent(read, tokens)), read, asked);
      case Lifetime.Leased leased -> door.unleased(intent, read, asked);
      case Lifetime.Unleased unleased -> door.unleased(intent, read, asked);
    };
  }

  /** Keeps that the manager is about to be asked. */
  private Lease intent(Declaration declaration) {
    Lease intent =
        Lease.intent(
            newId(),
            declaration.name(),
            declaration.backend(),
            declaration.path(),
            context.time().now(),
            rows.held().map(Lease::granted).orElse(LONGEST_LIFE));
    journal.save(intent);
    rows.put(intent);
    return intent;
  }

  private String newId() {
    byte[] bytes = new byte[ID_BYTES];
    context.random().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** A refusal closes the intent; after anything else nobody knows what was granted. */
  private BackendRead read(Backend backend, Declaration declaration, Lease intent) {
    try {
      return context.calls().during(intent, () -> read(backend, declaration));
    } catch (SecretException failure) {
      Optional<Lease> open = open(intent);
      if (grantedNothing(failure)) {
        forget(intent);
      } else if (open.isPresent()) {
        Lease both = open.get().askedAgain(intent);
        journal.save(both);
        rows.put(both);
        forget(intent);
      }
      throw failure;
    }
  }

  /** A limit may be that of the answer, which was given. */
  private static boolean grantedNothing(SecretException failure) {
    return failure.nothingDone()
        || (failure.reason() != Reason.UNAVAILABLE && failure.reason() != Reason.LIMIT_EXCEEDED);
  }

  private static BackendRead read(Backend backend, Declaration declaration) {
    try {
      return backend.read(declaration.path(), Optional.empty());
    } catch (SecretException failure) {
      throw failure;
    } catch (RuntimeException failure) {
      throw SecretException.of(
          Reason.UNAVAILABLE, "the backend \"" + declaration.backend() + "\" failed", failure);
    }
  }

  /** The intent of earlier tries, whose answers were lost; one row stands for all of them. */
  private Optional<Lease> open(Lease intent) {
    return rows.all().stream()
        .filter(row -> row.stage() == Lease.Stage.INTENT && !row.id().equals(intent.id()))
        .findFirst();
  }

  private void forget(Lease intent) {
    journal.forget(intent);
    rows.remove(intent);
  }

  /** The token that a lease was granted under, and when it ends as far as that is known. */
  private record Parent(String accessor, Optional<Instant> endsAt) {}

  /**
   * The token that the very read was made with: one that was replaced meanwhile is renewed no more,
   * which was told before there was a row to tell it to.
   */
  private static Parent parent(BackendRead read, Optional<Tokens> tokens) {
    return read.under()
        .map(
            used ->
                tokens
                    .flatMap(Tokens::held)
                    .filter(held -> held.value().equals(used.value()))
                    .map(held -> new Parent(held.accessor(), held.endsAt()))
                    .orElseGet(() -> new Parent(used.accessor(), TokenTimes.end(used))))
        .orElseGet(() -> new Parent("", Optional.empty()));
  }

  private Lease granted(Lease intent, BackendRead read, Lifetime.Leased leased, Parent parent) {
    return new Lease(
        newId(),
        intent.secret(),
        intent.backend(),
        intent.path(),
        read.leaseId(),
        Lease.Stage.HELD,
        0,
        parent.accessor(),
        parent.endsAt(),
        leased.issuedAt(),
        leased.expiresAt(),
        Duration.between(leased.issuedAt(), leased.expiresAt()),
        leased.renewable(),
        Optional.empty());
  }

  private SecretState publish(Lease intent, Lease granted, BackendRead read, Asked asked) {
    Optional<Lease> open = open(intent).map(row -> row.ofLife(granted.granted()));
    try {
      SecretState state = door.lease(intent, granted, open, read, asked);
      warnIfTooShort(granted, asked.overlap());
      return state;
    } catch (SecretException notKept) {
      giveBack(intent, granted);
      throw notKept;
    }
  }

  /** What could not be kept is not used: it is revoked at once, or its intent stays open. */
  private void giveBack(Lease intent, Lease granted) {
    try {
      context.leasing(granted.backend()).ifPresent(leasing -> leasing.revoke(granted.leaseId()));
    } catch (SecretException stays) {
      context.events().emit(new AgentEvent.LeaseUnknown(granted.secret(), stays.safeMessage()));
      return;
    }
    try {
      forget(intent);
    } catch (SecretException notNow) {
      // The store cannot be written, which is why we are here; the intent ends with its life.
      rows.remove(intent);
    }
  }

  private void warnIfTooShort(Lease granted, Duration overlap) {
    if (RenewalSchedule.isTooShort(granted.granted(), overlap)) {
      context
          .events()
          .emit(new AgentEvent.LeaseTooShort(granted.secret(), granted.granted(), overlap));
    }
  }
}
