package dev.latchkey.agent.rpc;

import dev.latchkey.agent.current.Alongside;
import dev.latchkey.agent.current.Change;
import dev.latchkey.agent.current.ChangeListener;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.current.Published;
import dev.latchkey.agent.current.Requested;
import dev.latchkey.agent.current.Withdrawal;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.secret.StateId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * What is current, set by the test: held names are hits, loadable ones are misses, the rest fails
 * as told.
 */
final class FakeCurrent implements Current {

  static final Epoch EPOCH = new Epoch("epoch-one");

  final AtomicInteger reads = new AtomicInteger();
  private final Map<SecretName, Held> held = new ConcurrentHashMap<>();
  private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
  private final LoopGuard guard;
  private volatile Function<SecretName, Held> loader =
      name -> {
        throw SecretException.of(Reason.UNAVAILABLE, name + " cannot be had");
      };

  FakeCurrent(LoopGuard guard) {
    this.guard = guard;
  }

  static Held state(String name, long version, Map<String, String> fields) {
    Map<String, SecretValue> values = new ConcurrentHashMap<>();
    fields.forEach((field, text) -> values.put(field, SecretValue.ofText(text)));
    Instant at = Instant.parse("2026-01-01T00:00:00Z");
    return new Held(
        new SecretState(
            new SecretName(name),
            new StateId(EPOCH, version, version),
            "v" + version,
            new SecretContent(values),
            new Lifetime.Unleased(),
            at,
            at,
            Optional.empty(),
            0,
            Cause.PUT),
        at,
        false,
        Duration.ofDays(36500));
  }

  /** Makes a state current and tells the listeners. */
  void put(Held state) {
    held.put(state.state().name(), state);
    listeners.forEach(listener -> listener.changed(state));
  }

  void loads(Function<SecretName, Held> how) {
    loader = how;
  }

  @Override
  public Epoch epoch() {
    return EPOCH;
  }

  @Override
  public Optional<Held> peek(SecretName name) {
    return Optional.ofNullable(held.get(name));
  }

  @Override
  public Held read(SecretName name) {
    guard.blocks("current.read");
    reads.incrementAndGet();
    Optional<Held> now = peek(name);
    return now.isPresent() ? now.get() : loader.apply(name);
  }

  @Override
  public SecretState readVersion(SecretName name, String backendVersion) {
    guard.blocks("current.readVersion");
    return history(name, 1).stream()
        .filter(state -> state.backendVersion().equals(backendVersion))
        .findFirst()
        .orElseThrow(() -> SecretException.of(Reason.NOT_FOUND, "no such version"));
  }

  @Override
  public Optional<SecretState> version(SecretName name, long version) {
    guard.blocks("current.version");
    return history(name, 1).stream().filter(s -> s.id().version() == version).findFirst();
  }

  @Override
  public List<SecretState> history(SecretName name, int limit) {
    guard.blocks("current.history");
    return peek(name).map(Held::state).stream().toList();
  }

  @Override
  public Published publish(Change change, Alongside alongside) {
    throw new AssertionError("nothing on the wire goes through the door by itself");
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
  public void confirm(SecretName name) {
    throw new AssertionError("nothing on the wire confirms");
  }

  @Override
  public void turnStale(SecretName name, String why) {
    throw new AssertionError("nothing on the wire turns stale");
  }

  @Override
  public String reason(SecretName name) {
    return "";
  }

  @Override
  public AutoCloseable listen(ChangeListener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  int listeners() {
    return listeners.size();
  }
}
