package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.current.Alongside;
import dev.latchkey.agent.current.Change;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Takes what becomes of a lease through the one door: its value, its row and those of its
 * predecessors in one transaction. In the secret's mailbox; blocks.
 */
final class LeaseDoor {

  private final LeaseContext context;
  private final LeaseJournal journal;
  private final LeaseRows rows;

  LeaseDoor(LeaseContext context, LeaseJournal journal, LeaseRows rows) {
    this.context = context;
    this.journal = journal;
    this.rows = rows;
  }

  /** Makes a new lease current; the one before retires, or is forgotten if it is over. */
  SecretState lease(
      Lease intent, Lease granted, Optional<Lease> open, BackendRead read, Asked asked) {
    Optional<Lease> before = before(asked);
    return publish(
        change(granted.secret(), read, granted.issuedAt(), before, asked.actor()),
        intent,
        before,
        (transaction, published) -> {
          Lease held = granted.published(published.id().version());
          context.store().save(transaction, held);
          open.ifPresent(row -> context.store().save(transaction, row));
          journal.record(transaction, held, "lease.issue", "", asked.actor());
        },
        state -> {
          rows.put(granted.published(state.id().version()));
          open.ifPresent(rows::put);
        });
  }

  /** Makes current what came without a lease; the lease before retires. */
  SecretState unleased(Lease intent, BackendRead read, Asked asked) {
    Optional<Lease> before = before(asked);
    return publish(
        change(intent.secret(), read, issuedAt(read), before, asked.actor()),
        intent,
        before,
        Alongside.NOTHING,
        state -> {});
  }

  private Instant issuedAt(BackendRead read) {
    return read.lifetime() instanceof Lifetime.Leased leased
        ? leased.issuedAt()
        : context.time().now();
  }

  /** Who wants a lease, and for how long the one before is left alive. */
  record Asked(String actor, Duration overlap) {}

  private interface Remember {
    void rows(SecretState state);
  }

  private SecretState publish(
      Change change, Lease intent, Optional<Lease> before, Alongside alongside, Remember remember) {
    SecretState state =
        context
            .current()
            .publish(
                change,
                (transaction, published) -> {
                  context.store().remove(transaction, intent.id());
                  alongside.write(transaction, published);
                  before
                      .filter(row -> !isOver(row))
                      .ifPresent(row -> context.store().save(transaction, row));
                  before
                      .filter(this::isOver)
                      .ifPresent(
                          row ->
                              journal.end(transaction, row, "lease.lost", "", LeaseJournal.AGENT));
                })
            .state();
    // In this order, so that whoever looks meanwhile finds the intent or what came of it.
    before.ifPresent(rows::put);
    before.filter(this::isOver).ifPresent(rows::remove);
    remember.rows(state);
    rows.remove(intent);
    before.filter(this::isOver).ifPresent(this::retireHolders);
    return state;
  }

  /** The lease held before, on its way out; one that is over has nothing left to retire. */
  private Optional<Lease> before(Asked asked) {
    Instant overlapped = context.time().now().plus(asked.overlap());
    return rows.held()
        .map(
            row ->
                row.at(
                    Lease.Stage.RETIRING,
                    Optional.of(overlapped.isBefore(row.end()) ? overlapped : row.end())));
  }

  private boolean isOver(Lease row) {
    return !context.time().now().isBefore(row.end());
  }

  /** Makes a longer life of the same value current. */
  void extend(Lease row) {
    SecretContent content =
        content(row)
            .orElseThrow(
                () ->
                    SecretException.of(
                        Reason.NOT_FOUND, "version " + row.version() + " is not kept any more"));
    var _ =
        context
            .current()
            .publish(
                change(row, content, row.expiresAt(), row.extensible()),
                (transaction, published) -> context.store().save(transaction, row));
    rows.put(row);
  }

  /**
   * Writes what becomes of a lease that is good no more, and in the same transaction ends its value
   * if that is current: it is served no more, by this process or the next.
   */
  void end(Lease row, Consumer<Transaction> alongside) {
    Optional<SecretContent> current =
        isCurrent(row) && !isShared(row) ? content(row) : Optional.empty();
    if (current.isEmpty()) {
      context.transactions().run(alongside);
      return;
    }
    Instant now = context.time().now();
    Instant end = now.isBefore(row.end()) ? now : row.end();
    var _ =
        context
            .current()
            .publish(
                change(row, current.get(), end, false),
                (transaction, published) -> alongside.accept(transaction));
  }

  /** Whether the lease that is held brought the same value, and so the same version. */
  boolean isShared(Lease row) {
    return rows.held()
        .filter(held -> !held.id().equals(row.id()))
        .filter(held -> held.version() == row.version())
        .isPresent();
  }

  /**
   * Whoever holds what a lease brought that is over holds what is good no more, successor or not.
   * Where that cannot be kept now, the end of a later lease forgets them too.
   */
  void retireHolders(Lease over) {
    try {
      context.holders().retire(over.secret(), over.version() + (isShared(over) ? 0 : 1));
    } catch (SecretException notNow) {
      // The lease is over all the same.
    }
  }

  private boolean isCurrent(Lease row) {
    return newest(row.secret()).filter(version -> version == row.version()).isPresent();
  }

  /** The version that is current, usable or not. */
  Optional<Long> newest(SecretName name) {
    return context
        .current()
        .held(name)
        .map(Held::state)
        .or(() -> context.current().history(name, 1).stream().findFirst())
        .map(state -> state.id().version());
  }

  private Optional<SecretContent> content(Lease row) {
    return context
        .current()
        .held(row.secret())
        .map(Held::state)
        .filter(state -> state.id().version() == row.version())
        .or(() -> context.current().version(row.secret(), row.version()))
        .map(SecretState::content);
  }

  private static Change change(
      Lease row, SecretContent content, Instant expiresAt, boolean extensible) {
    Instant issuedAt = row.issuedAt().isBefore(expiresAt) ? row.issuedAt() : expiresAt;
    return change(
        row.secret(),
        new BackendRead(content, "", new Lifetime.Leased(issuedAt, expiresAt, extensible)),
        issuedAt,
        Optional.empty(),
        LeaseJournal.AGENT);
  }

  private static Change change(
      SecretName name, BackendRead read, Instant issuedAt, Optional<Lease> before, String actor) {
    return new Change(
        name,
        read.content(),
        read.lifetime(),
        read.version(),
        issuedAt,
        before.flatMap(Lease::retireAt),
        0,
        before.isPresent() ? Cause.ROTATION : Cause.LOAD,
        OptionalLong.empty(),
        "",
        actor,
        "");
  }
}
