package dev.latchkey.agent.supply;

import static java.util.Comparator.comparing;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.current.Alongside;
import dev.latchkey.agent.current.Change;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.current.Loader;
import dev.latchkey.agent.current.Published;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.event.EventSink;
import dev.latchkey.agent.lease.Leases;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.lifecycle.Health;
import dev.latchkey.agent.schedule.RefreshSchedule;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.StateId;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Brings values from the backends: one read for any number of callers, again ahead of time, and
 * with backoff while a backend fails.
 *
 * <p>Safe for use by several threads. One timer for each held secret decides when; each read runs
 * on a virtual thread of its own.
 */
public final class BackendSupply implements Loader, Supply, Health, AutoCloseable {

  /** Over how long the secrets that an outage failed are read again. */
  public static final Duration SPREAD = Duration.ofMillis(800);

  private final Current current;
  private final Catalog catalog;
  private final Backends backends;
  private final Leases leases;
  private final TimeSource time;
  private final RandomGenerator random;
  private final EventSink events;
  private final Flights flights;
  private final Outages outages;
  private final RefreshPlans plans;
  private final Listing listing;
  private final Puts puts;
  private final VersionChanges versionChanges;
  private final RotatedReads rotatedReads;
  private final TurnedLogins turned;
  private final WrappedSecrets wrapped;
  private volatile AutoCloseable listening = () -> {};

  /**
   * Brings nothing until asked or started.
   *
   * @param backends the configured backends by name
   * @param leases brings what may be leased
   * @param proofs tries logins that a backend changes by itself
   * @param random safe for use by several threads
   * @param threads runs each task on a virtual thread of its own
   */
  public BackendSupply(
      Current current,
      Catalog catalog,
      Map<String, Backend> backends,
      Leases leases,
      Proofs proofs,
      TimeSource time,
      Timers timers,
      RandomGenerator random,
      Backoff backoff,
      EventSink events,
      Executor threads) {
    this.current = current;
    this.catalog = catalog;
    this.backends = new Backends(catalog, backends);
    this.leases = leases;
    this.time = time;
    this.random = random;
    this.events = events;
    this.flights = new Flights(threads);
    this.outages = new Outages(backoff, time, random, this::isReadOn);
    this.plans = new RefreshPlans(timers, time, this::refresh);
    this.listing = new Listing(catalog, this.backends);
    this.rotatedReads = new RotatedReads(leases);
    this.versionChanges =
        new VersionChanges(current, this.backends, flights::settle, this::refresh);
    this.puts = new Puts(current, this.backends, time);
    this.turned = new TurnedLogins(current, proofs, time);
    this.wrapped = new WrappedSecrets(current, time, events);
  }

  /**
   * Begins to follow what becomes current, and to fetch what is to be kept; does not wait for it.
   */
  public void start() {
    listening = current.listen(this::changed);
    catalog.kept().stream()
        .sorted(comparing((SecretName name) -> !isRequired(name)))
        .forEach(this::refresh);
  }

  private boolean isRequired(SecretName name) {
    return catalog.find(name).map(Declaration::required).orElse(false);
  }

  /** Plans every read again after a jump of the wall clock. */
  public void planAgain() {
    plans.planAgain();
  }

  /** Reads again, spread over {@link #SPREAD}, what an outage of {@code backend} failed. */
  public void retry(String backend) {
    outages
        .returned(name -> backends.isOf(name, backend))
        .forEach(name -> plans.plan(name, Backoff.within(SPREAD, random)));
  }

  private void changed(Held now) {
    if (!now.stale()) {
      SecretName name = now.state().name();
      outages.over(name);
      planNext(name, now.state().lifetime());
    }
  }

  /**
   * The ledger renews what it owns, so that is only confirmed, at the ordinary pace; nor does a
   * read bring what comes wrapped before another token is there.
   */
  private void planNext(SecretName name, Lifetime lifetime) {
    boolean ordinary =
        leases.owns(name) || catalog.find(name).filter(WrappedSecrets::isWrapped).isPresent();
    Lifetime paced = ordinary ? new Lifetime.Unleased() : lifetime;
    catalog
        .find(name)
        .map(Declaration::refresh)
        .map(refresh -> RefreshSchedule.next(paced, refresh, time.now(), random))
        .ifPresent(delay -> plans.plan(name, turned.next(name, delay)));
  }

  private void refresh(SecretName name) {
    if (isReadOn(name)) {
      flights.launch(name, () -> fetch(name));
    } else {
      plans.drop(name);
    }
  }

  private boolean isReadOn(SecretName name) {
    return catalog.isKept(name) || current.peek(name).isPresent();
  }

  @Override
  public SecretState load(SecretName name) {
    outages.check(name);
    return flights.join(
        name, () -> current.peek(name).map(Held::state).orElseGet(() -> fetch(name)));
  }

  private SecretState fetch(SecretName name) {
    Backends.Source source = backends.of(name);
    try {
      SecretState state = obtain(name, source);
      outages.over(name);
      planNext(name, state.lifetime());
      rotatedReads.again(name).ifPresent(delay -> plans.plan(name, delay));
      return state;
    } catch (SecretException failure) {
      throw failed(source.declaration(), failure);
    } catch (RuntimeException failure) {
      throw failed(
          source.declaration(),
          SecretException.of(
              Reason.UNAVAILABLE,
              "the backend \"" + source.declaration().backend() + "\" failed",
              failure));
    }
  }

  private SecretState obtain(SecretName name, Backends.Source source) {
    Declaration declaration = source.declaration();
    if (WrappedSecrets.isWrapped(declaration)) {
      return wrapped
          .open(source)
          .map(read -> current.publish(change(name, read), Alongside.NOTHING).state())
          .orElseGet(() -> wrapped.confirmed(name));
    }
    Instant startedAt = time.now();
    if (RotatedReads.isRotated(declaration)) {
      return obtainRotated(name, rotatedReads.read(source), startedAt);
    }
    return leases.mayLease(declaration)
        ? leases.obtain(declaration)
        : publish(name, admitted(source), startedAt);
  }

  private BackendRead admitted(Backends.Source source) {
    BackendRead read = source.backend().read(source.declaration().path(), Optional.empty());
    turned.admit(source.declaration(), read);
    return read;
  }

  private SecretState obtainRotated(SecretName name, BackendRead read, Instant startedAt) {
    try {
      return publish(name, read, startedAt);
    } catch (SecretException notTaken) {
      Optional<Held> held = current.peek(name).filter(now -> !now.stale());
      if (held.isPresent()
          && notTaken.reason() == Reason.NOT_POSSIBLE_NOW
          && rotatedReads.isNew(name, read.version())) {
        return held.get().state();
      }
      throw notTaken;
    }
  }

  private SecretState publish(SecretName name, BackendRead read, Instant startedAt) {
    Published published = current.publish(change(name, read), Alongside.NOTHING);
    SecretState state = published.state();
    boolean passedOver =
        !read.version().isEmpty() && !read.version().equals(state.backendVersion());
    if (passedOver && !confirmedSince(name, startedAt)) {
      throw SecretException.of(
          Reason.UNAVAILABLE,
          name + ": the backend answers with an older version than the one held");
    }
    return state;
  }

  private boolean confirmedSince(SecretName name, Instant startedAt) {
    return current.held(name).filter(held -> !held.confirmedAt().isBefore(startedAt)).isPresent();
  }

  private Change change(SecretName name, BackendRead read) {
    return new Change(
        name,
        read.content(),
        read.lifetime(),
        read.version(),
        issuedAt(read.lifetime()),
        Optional.empty(),
        0,
        Cause.LOAD,
        OptionalLong.empty(),
        "",
        "agent",
        "");
  }

  private Instant issuedAt(Lifetime lifetime) {
    return switch (lifetime) {
      case Lifetime.Unleased unleased -> time.now();
      case Lifetime.Leased leased -> leased.issuedAt();
    };
  }

  private SecretException failed(Declaration declaration, SecretException failure) {
    SecretName name = declaration.name();
    Duration wait = outages.failed(name, failure, declaration.refresh());
    boolean turns = current.peek(name).filter(held -> !held.stale()).isPresent();
    current.turnStale(name, failure.safeMessage());
    if (turns) {
      events.emit(new AgentEvent.ServingStale(name, failure.safeMessage()));
    }
    if (isGone(declaration, failure)) {
      current.missing(name);
    }
    if (isReadOn(name)) {
      plans.plan(name, wait);
    } else {
      plans.drop(name);
    }
    return failure.retryDelay().isPresent() || failure.reason() != Reason.UNAVAILABLE
        ? failure
        : SecretException.retryable(failure.reason(), failure.safeMessage(), wait, failure);
  }

  /**
   * Whether the manager has the secret no more. A lease outlives what it was asked for at, and what
   * comes wrapped has no place to be deleted at.
   */
  private boolean isGone(Declaration declaration, SecretException failure) {
    boolean deleted =
        failure.reason() == Reason.NOT_FOUND || failure.reason() == Reason.VERSION_DESTROYED;
    return deleted && !leases.owns(declaration.name()) && !WrappedSecrets.isWrapped(declaration);
  }

  @Override
  public SecretState loadVersion(SecretName name, String backendVersion) {
    Backends.Source source = backends.of(name);
    WrappedSecrets.refuse(source.declaration());
    if (leases.mayLease(source.declaration())) {
      throw SecretException.of(
          Reason.NOT_FOUND, name + " is leased; a lease has no version \"" + backendVersion + "\"");
    }
    BackendRead read =
        source.backend().read(source.declaration().path(), Optional.of(backendVersion));
    Instant now = time.now();
    return new SecretState(
        name,
        new StateId(current.epoch(), 1, 1),
        read.version(),
        read.content(),
        read.lifetime(),
        issuedAt(read.lifetime()),
        now,
        Optional.empty(),
        0,
        Cause.LOAD);
  }

  @Override
  public boolean ordersVersions(SecretName name) {
    return catalog
        .find(name)
        .filter(declaration -> !WrappedSecrets.isWrapped(declaration))
        .map(declaration -> backends.named(declaration.backend()).ordersVersions())
        .orElse(false);
  }

  @Override
  public Published put(Put put) {
    return puts.put(put);
  }

  @Override
  public List<String> change(VersionChange change) {
    return versionChanges.change(change);
  }

  @Override
  public List<SecretName> list(String prefix, String after, int limit) {
    return listing.list(prefix, after, limit);
  }

  /** Degraded while any secret cannot be read from its backend. */
  @Override
  public ComponentHealth health() {
    int failing = outages.count();
    return failing == 0
        ? ComponentHealth.healthy("supply")
        : ComponentHealth.degraded(
            "supply", failing + " secrets cannot be read from their backend");
  }

  /** Plans no more reads; reads under way end by themselves. */
  @Override
  public void close() throws Exception {
    listening.close();
    plans.close();
  }
}
