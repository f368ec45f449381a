package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.Tokens;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.current.Change;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.schedule.RenewalSchedule;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

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

  Issues(LeaseContext context, LeaseJournal journal, LeaseRows rows) {
    this.context = context;
    this.journal = journal;
    this.rows = rows;
  }

  /**
   * Asks for a new lease and makes its value current; the lease held before retires.
   *
   * @throws SecretException what the manager or the store said; an intent whose fate is unknown
   *     stays in the ledger
   */
  SecretState issue(Declaration declaration) {
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
    Optional<Lease> before = rows.held();
    return switch (read.lifetime()) {
      case Lifetime.Leased leased when !read.leaseId().isEmpty() ->
          publish(declaration, intent, granted(intent, read, leased, tokens), read, before);
      case Lifetime.Leased leased -> publishUnleased(declaration, intent, read);
      case Lifetime.Unleased unleased -> publishUnleased(declaration, intent, read);
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

  /** A definite answer closes the intent; after an outage nobody knows what was granted. */
  private BackendRead read(Backend backend, Declaration declaration, Lease intent) {
    try {
      return read(backend, declaration);
    } catch (SecretException failure) {
      Optional<Lease> open = open(intent);
      if (failure.reason() != Reason.UNAVAILABLE) {
        forget(intent);
      } else if (open.isPresent()) {
        Lease both = open.get().extended(open.get().issuedAt(), intent.expiresAt(), false);
        journal.save(both);
        rows.put(both);
        forget(intent);
      }
      throw failure;
    }
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

  private Lease granted(
      Lease intent, BackendRead read, Lifetime.Leased leased, Optional<Tokens> tokens) {
    // Asked for after the read, which may have brought another token.
    Optional<Login.Token> token = tokens.flatMap(Tokens::held);
    return new Lease(
        newId(),
        intent.secret(),
        intent.backend(),
        intent.path(),
        read.leaseId(),
        Lease.Stage.HELD,
        0,
        token.map(Login.Token::accessor).orElse(""),
        token.flatMap(Login.Token::endsAt),
        leased.issuedAt(),
        leased.expiresAt(),
        Duration.between(leased.issuedAt(), leased.expiresAt()),
        leased.renewable(),
        Optional.empty());
  }

  private SecretState publish(
      Declaration declaration,
      Lease intent,
      Lease granted,
      BackendRead read,
      Optional<Lease> before) {
    Instant now = context.time().now();
    Duration overlap = declaration.lease().overlap();
    Optional<Lease> retiring =
        before.map(row -> row.at(Lease.Stage.RETIRING, earlier(now.plus(overlap), row.end())));
    Optional<Lease> open = open(intent).map(row -> row.ofLife(granted.granted()));
    Change change =
        change(declaration.name(), read, before.isPresent(), retiring.flatMap(Lease::retireAt));
    SecretState state;
    try {
      state =
          context
              .current()
              .publish(
                  change,
                  (transaction, published) -> {
                    context.store().remove(transaction, intent.id());
                    Lease held = granted.published(published.id().version());
                    context.store().save(transaction, held);
                    retiring.ifPresent(row -> context.store().save(transaction, row));
                    open.ifPresent(row -> context.store().save(transaction, row));
                    journal.record(transaction, held, "lease.issue", "");
                  })
              .state();
    } catch (SecretException notKept) {
      giveBack(intent, granted);
      throw notKept;
    }
    rows.remove(intent);
    retiring.ifPresent(rows::put);
    open.ifPresent(rows::put);
    rows.put(granted.published(state.id().version()));
    warnIfTooShort(declaration, granted);
    return state;
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

  private void warnIfTooShort(Declaration declaration, Lease granted) {
    Duration overlap = declaration.lease().overlap();
    if (RenewalSchedule.isTooShort(granted.granted(), overlap)) {
      context
          .events()
          .emit(new AgentEvent.LeaseTooShort(declaration.name(), granted.granted(), overlap));
    }
  }

  private SecretState publishUnleased(Declaration declaration, Lease intent, BackendRead read) {
    SecretState state =
        context
            .current()
            .publish(
                change(declaration.name(), read, false, Optional.empty()),
                (transaction, published) -> context.store().remove(transaction, intent.id()))
            .state();
    rows.remove(intent);
    return state;
  }

  /** Makes a longer life of the same value current, with the row, in one transaction. */
  void extend(Lease row, SecretContent content) {
    context
        .current()
        .publish(
            change(
                row.secret(),
                new BackendRead(
                    content,
                    "",
                    new Lifetime.Leased(row.issuedAt(), row.expiresAt(), row.extensible()),
                    row.leaseId()),
                false,
                Optional.empty()),
            (transaction, published) -> context.store().save(transaction, row));
    rows.put(row);
  }

  private Change change(
      SecretName name, BackendRead read, boolean succeeds, Optional<Instant> previousValidUntil) {
    Instant issuedAt =
        read.lifetime() instanceof Lifetime.Leased leased
            ? leased.issuedAt()
            : context.time().now();
    return new Change(
        name,
        read.content(),
        read.lifetime(),
        read.version(),
        issuedAt,
        previousValidUntil,
        0,
        succeeds ? Cause.ROTATION : Cause.LOAD,
        OptionalLong.empty(),
        "",
        "agent",
        "");
  }

  private static Optional<Instant> earlier(Instant a, Instant b) {
    return Optional.of(a.isBefore(b) ? a : b);
  }
}
