package dev.latchkey.agent.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.current.Alongside;
import dev.latchkey.agent.current.Change;
import dev.latchkey.agent.current.ChangeListener;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.current.Published;
import dev.latchkey.agent.current.Requested;
import dev.latchkey.agent.current.Withdrawal;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.StateId;
import dev.latchkey.agent.store.Transaction;
import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The door and what is behind it, in memory: compare-and-set, versions that only rise, listeners.
 */
final class FakeCurrent implements Current {

  private static final Epoch EPOCH = new Epoch("epoch-1");

  private final Transaction.Runner transactions;
  private final TimeSource time;
  private final Map<SecretName, List<SecretState>> versions = new HashMap<>();
  private final Set<SecretName> spoiled = new HashSet<>();
  private int reads;
  private final List<ChangeListener> listeners = new ArrayList<>();

  FakeCurrent(Transaction.Runner transactions, TimeSource time) {
    this.transactions = transactions;
    this.time = time;
  }

  /** Makes what is current unreadable until something is published. */
  void spoil(SecretName name) {
    spoiled.add(name);
  }

  /** How often a value was asked for that is not held. */
  int reads() {
    return reads;
  }

  /** Forgets the listeners of a process that died. */
  void forgetListeners() {
    listeners.clear();
  }

  List<SecretState> versions(SecretName name) {
    return List.copyOf(versions.getOrDefault(name, List.of()));
  }

  @Override
  public Epoch epoch() {
    return EPOCH;
  }

  @Override
  public Optional<Held> peek(SecretName name) {
    return spoiled.contains(name)
        ? Optional.empty()
        : newest(name).map(state -> new Held(state, time.now(), false, Duration.ofHours(1)));
  }

  private Optional<SecretState> newest(SecretName name) {
    List<SecretState> all = versions(name);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  @Override
  public Held read(SecretName name) {
    reads++;
    assertThat(reads).as("reads, in a hot loop").isLessThan(10_000);
    if (spoiled.contains(name)) {
      throw SecretException.of(Reason.INTERNAL, "the stored value cannot be opened");
    }
    return peek(name).orElseThrow(() -> SecretException.of(Reason.NOT_FOUND, "no " + name));
  }

  @Override
  public SecretState readVersion(SecretName name, String backendVersion) {
    throw SecretException.of(Reason.UNSUPPORTED, "not offered here");
  }

  @Override
  public Optional<SecretState> version(SecretName name, long version) {
    return versions(name).stream().filter(state -> state.id().version() == version).findFirst();
  }

  @Override
  public List<SecretState> history(SecretName name, int limit) {
    return versions(name).reversed().stream().limit(limit).toList();
  }

  @Override
  public Published publish(Change change, Alongside alongside) {
    Published published =
        transactions.call(
            transaction -> {
              SecretState next = next(change);
              alongside.write(transaction, next);
              versions.computeIfAbsent(change.name(), name -> new ArrayList<>()).add(next);
              spoiled.remove(change.name());
              return new Published(next, true);
            });
    Held held = new Held(published.state(), time.now(), false, Duration.ofHours(1));
    List.copyOf(listeners).forEach(listener -> listener.changed(held));
    return published;
  }

  private SecretState next(Change change) {
    long current = newest(change.name()).map(state -> state.id().version()).orElse(0L);
    OptionalLong expected = change.expectedVersion();
    if (expected.isPresent() && expected.getAsLong() != current) {
      throw SecretException.of(Reason.CONFLICT, "version " + current + " is current");
    }
    return new SecretState(
        change.name(),
        new StateId(EPOCH, current + 1, current + 1),
        change.backendVersion(),
        change.content(),
        change.lifetime(),
        change.issuedAt(),
        time.now(),
        change.previousValidUntil(),
        change.rolledBackFrom(),
        change.cause());
  }

  @Override
  public void withdraw(Withdrawal withdrawal) {
    throw new AssertionError("nothing is taken away here");
  }

  @Override
  public Set<SecretName> withdrawn() {
    return Set.of();
  }

  @Override
  public Optional<Requested> requestedFor(String requestId) {
    return Optional.empty();
  }

  @Override
  public void confirm(SecretName name) {}

  @Override
  public void turnStale(SecretName name, String why) {}

  @Override
  public String reason(SecretName name) {
    return "";
  }

  @Override
  public AutoCloseable listen(ChangeListener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }
}
