package dev.latchkey.agent.current;

import dev.latchkey.agent.audit.AuditLog;
import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.store.Transaction;
import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is current, held in memory under one bound and kept in the state store.
 *
 * <p>Notes on order. A published state must be held, and told to listeners, in the order in which
 * the store numbered it, although transactions return on threads of their own. So the door holds
 * one of {@link Turns}'s locks, chosen by the name, from before its transaction until the listeners
 * were told. It is the only lock of this package that is held across I/O; readers never take it.
 */
public final class CaffeineCurrent implements Current {

  private static final Duration DEFAULT_MAX_STALE = Duration.ofHours(1);

  private final VersionStore versions;
  private final Transaction.Runner transactions;
  private final Catalog catalog;
  private final TimeSource time;
  private final Door door;
  private final HeldValues held;
  private final Turns turns = new Turns();
  private final Listeners listeners = new Listeners();
  private final Troubles troubles = new Troubles();
  private volatile @Nullable Epoch epoch;
  private volatile @Nullable Loader loader;

  /**
   * Holds nothing until {@link #start}.
   *
   * @param cacheBytes the bound on what is held, in bytes
   */
  public CaffeineCurrent(
      VersionStore versions,
      Transaction.Runner transactions,
      AuditLog audit,
      Catalog catalog,
      TimeSource time,
      long cacheBytes) {
    this.versions = versions;
    this.transactions = transactions;
    this.catalog = catalog;
    this.time = time;
    this.door = new Door(versions, audit, catalog, time);
    this.held = new HeldValues(cacheBytes, catalog::isKept);
  }

  /**
   * Reads the lineage and the values to be kept that the store has; those that were due meanwhile
   * are held as stale until the backend confirms them. Blocks; called once, before anything else.
   *
   * @throws SecretException LIMIT_EXCEEDED when those values do not fit under the bound
   */
  public void start(Loader bringsWhatIsNotHeld) {
    loader = bringsWhatIsNotHeld;
    transactions.run(
        transaction -> {
          epoch = versions.epoch(transaction);
          for (SecretName name : catalog.kept()) {
            readable(transaction, name).ifPresent(this::restoreKept);
          }
        });
  }

  /** What is kept; a value that cannot be opened stops no start, and fails when it is asked for. */
  private Optional<VersionStore.Stored> readable(Transaction transaction, SecretName name) {
    try {
      return versions.current(transaction, name);
    } catch (SecretException spoiled) {
      if (spoiled.reason() != Reason.INTERNAL) {
        throw spoiled;
      }
      troubles.note(name, spoiled.safeMessage());
      return Optional.empty();
    }
  }

  private void restoreKept(VersionStore.Stored stored) {
    requireRoom(stored.state().name(), stored.state().content().weight());
    held.hold(asHeld(stored.state(), stored.confirmedAt(), isDue(stored)));
  }

  @Override
  public Epoch epoch() {
    return started(epoch);
  }

  @Override
  public Optional<Held> peek(SecretName name) {
    return held.usable(name, time.now());
  }

  @Override
  public Optional<Held> held(SecretName name) {
    return held.any(name);
  }

  @Override
  public Held read(SecretName name) {
    Optional<Held> usable = peek(name);
    if (usable.isPresent()) {
      return usable.get();
    }
    Optional<VersionStore.Stored> kept = held.any(name).isPresent() ? Optional.empty() : kept(name);
    if (kept.isPresent() && !isDue(kept.get())) {
      Optional<Held> restored = restore(name, false);
      if (restored.isPresent()) {
        return restored.get();
      }
    }
    try {
      SecretState loaded = started(loader).load(name);
      return peek(name).orElseGet(() -> asHeld(loaded, time.now(), false));
    } catch (SecretException failure) {
      return afterFailure(name, kept, failure);
    }
  }

  private Held afterFailure(
      SecretName name, Optional<VersionStore.Stored> kept, SecretException failure) {
    Optional<Held> usable = peek(name);
    if (usable.isPresent()) {
      return usable.get();
    }
    if (kept.isPresent() && isOutage(failure)) {
      Optional<Held> restored = restore(name, true).filter(now -> now.isUsable(time.now()));
      if (restored.isPresent()) {
        return restored.get();
      }
    }
    boolean leaseEnded = held.any(name).filter(CaffeineCurrent::isLeased).isPresent();
    if (leaseEnded && isOutage(failure)) {
      throw SecretException.of(
          Reason.LEASE_EXPIRED,
          name + ": the lease ended and no successor could be had: " + failure.safeMessage(),
          failure);
    }
    throw failure;
  }

  private static boolean isOutage(SecretException failure) {
    return failure.reason() == Reason.UNAVAILABLE
        || failure.reason() == Reason.BACKEND_REFUSED
        || failure.reason() == Reason.LIMIT_EXCEEDED;
  }

  private static boolean isLeased(Held held) {
    return held.state().lifetime() instanceof Lifetime.Leased;
  }

  private Optional<VersionStore.Stored> kept(SecretName name) {
    return transactions.call(transaction -> versions.current(transaction, name));
  }

  private boolean isDue(VersionStore.Stored stored) {
    Duration refresh =
        catalog.find(stored.state().name()).map(Declaration::refresh).orElse(DEFAULT_MAX_STALE);
    return time.now().isAfter(stored.confirmedAt().plus(refresh));
  }

  /**
   * Holds what the store keeps, unless something came meanwhile. It is read in the name's turn, so
   * that nothing comes back which was withdrawn after it was looked for.
   */
  private Optional<Held> restore(SecretName name, boolean stale) {
    return turns.inTurn(
        name,
        () -> {
          Optional<Held> meanwhile = held.any(name);
          if (meanwhile.isPresent()) {
            return meanwhile;
          }
          Optional<Held> restored =
              kept(name).map(now -> asHeld(now.state(), now.confirmedAt(), stale));
          restored.ifPresent(this::hold);
          return restored;
        });
  }

  @Override
  public SecretState readVersion(SecretName name, String backendVersion) {
    return peek(name)
        .map(Held::state)
        .filter(state -> state.backendVersion().equals(backendVersion))
        .or(() -> numbered(name, backendVersion))
        .orElseGet(() -> started(loader).loadVersion(name, backendVersion));
  }

  /** The version that the store numbered by this text, where it kept it. */
  private Optional<SecretState> numbered(SecretName name, String text) {
    return text.matches("[1-9][0-9]{0,17}")
        ? version(name, Long.parseLong(text)).filter(state -> state.backendVersion().equals(text))
        : Optional.empty();
  }

  @Override
  public Optional<SecretState> version(SecretName name, long version) {
    return transactions.call(transaction -> versions.version(transaction, name, version));
  }

  @Override
  public List<SecretState> history(SecretName name, int limit) {
    return transactions.call(transaction -> versions.history(transaction, name, limit));
  }

  @Override
  public Published publish(Change change, Alongside alongside) {
    SecretName name = change.name();
    requireRoom(name, change.content().weight());
    boolean ordered = started(loader).ordersVersions(name);
    return turns.inTurn(
        name,
        () -> {
          Door.Outcome outcome =
              transactions.call(
                  transaction ->
                      door.pass(transaction, epoch(), change, alongside, held.any(name), ordered));
          if (outcome.confirmed()) {
            hold(asHeld(outcome.state(), time.now(), false));
          }
          return new Published(outcome.state(), outcome.changed());
        });
  }

  @Override
  public void withdraw(Withdrawal withdrawal) {
    SecretName name = withdrawal.name();
    boolean _ =
        turns.inTurn(
            name,
            () -> {
              transactions.run(transaction -> door.withdraw(transaction, withdrawal));
              if (withdrawal.takesNewest()) {
                held.drop(name);
                listeners.tellWithdrawn(name);
              }
              return true;
            });
  }

  @Override
  public Set<SecretName> withdrawn() {
    return transactions.call(versions::withdrawn);
  }

  @Override
  public Optional<Requested> requestedFor(String requestId) {
    return requestId.isEmpty()
        ? Optional.empty()
        : transactions.call(transaction -> versions.requestedFor(transaction, requestId));
  }

  @Override
  public void confirm(SecretName name) {
    turns.inTurn(name, () -> held.any(name).map(this::confirmed));
  }

  private Held confirmed(Held before) {
    Instant now = time.now();
    Held after =
        before.stale()
            ? asHeld(turned(before, now), now, false)
            : asHeld(before.state(), now, false);
    hold(after);
    return after;
  }

  @Override
  public void turnStale(SecretName name, String why) {
    troubles.note(name, why);
    turns.inTurn(name, () -> held.any(name).filter(before -> !before.stale()).map(this::staled));
  }

  @Override
  public void missing(SecretName name) {
    boolean _ =
        turns.inTurn(
            name,
            () -> {
              listeners.tellMissing(name);
              return true;
            });
  }

  private Held staled(Held before) {
    Held after = asHeld(turned(before, before.confirmedAt()), before.confirmedAt(), true);
    hold(after);
    return after;
  }

  /**
   * The turned state; where the store cannot be written the mark alone turns, without a revision.
   */
  private SecretState turned(Held before, Instant confirmedAt) {
    try {
      return transactions.call(transaction -> door.turn(transaction, before, confirmedAt));
    } catch (SecretException storeFailed) {
      return before.state();
    }
  }

  @Override
  public String reason(SecretName name) {
    return troubles.of(name);
  }

  @Override
  public AutoCloseable listen(ChangeListener listener) {
    return listeners.add(listener);
  }

  /**
   * Replaces what is held, then wakes the listeners if it is another state. Only in the name's
   * turn.
   */
  private void hold(Held now) {
    SecretName name = now.state().name();
    Optional<Held> before = held.any(name);
    held.hold(now);
    if (!now.stale()) {
      troubles.clear(name);
    }
    if (before.isEmpty() || !before.get().state().id().equals(now.state().id())) {
      listeners.tell(now);
    }
  }

  private Held asHeld(SecretState state, Instant confirmedAt, boolean stale) {
    return new Held(state, confirmedAt, stale, maxStale(state.name()));
  }

  private Duration maxStale(SecretName name) {
    return catalog.find(name).map(Declaration::maxStale).orElse(DEFAULT_MAX_STALE);
  }

  private void requireRoom(SecretName name, int weight) {
    if (!held.fits(name, weight)) {
      throw SecretException.of(
          Reason.LIMIT_EXCEEDED,
          name + " does not fit beside what is declared and delivered; raise agent.cache_bytes");
    }
  }

  private static <T> T started(@Nullable T part) {
    if (part == null) {
      throw SecretException.of(Reason.UNAVAILABLE, "the agent is starting; ask again shortly");
    }
    return part;
  }
}
