package dev.latchkey.agent.inject;

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
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.time.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What is current, changed by the test; counts reads and can do something during each. */
final class ChangingCurrent implements Current {

  final List<ChangeListener> listeners = new ArrayList<>();
  int reads;

  /** How often it was looked at what is held. */
  int judged;

  Reason missing = Reason.UNAVAILABLE;
  Runnable duringRead = () -> {};

  /** What happens as soon as somebody listens. */
  Runnable onListen = () -> {};

  private Optional<SecretName> unreachable = Optional.empty();
  private final TimeSource time;
  private final Map<SecretName, List<SecretState>> newestFirst = new HashMap<>();
  private final Map<SecretName, Held> held = new HashMap<>();
  private final Set<SecretName> withdrawn = new HashSet<>();

  ChangingCurrent(TimeSource time) {
    this.time = time;
  }

  /** Makes a next version current, and tells. */
  void put(SecretName name, SecretContent content) {
    Held now = putUntold(name, content);
    listeners.forEach(listener -> listener.changed(now));
  }

  Held putUntold(SecretName name, SecretContent content) {
    List<SecretState> states = newestFirst.computeIfAbsent(name, none -> new ArrayList<>());
    states.addFirst(States.state(name, states.size() + 1L, content));
    SecretState newest = states.getFirst();
    return hold(new Held(newest, time.now(), false, States.held(newest).maxStale()));
  }

  private Held hold(Held now) {
    held.put(now.state().name(), now);
    withdrawn.remove(now.state().name());
    return now;
  }

  private Held now(SecretName name) {
    return Objects.requireNonNull(held.get(name), "something is current");
  }

  /** The same value lives until {@code end}, as after a renewal, or an end before its time. */
  void lives(SecretName name, Instant end) {
    Held before = now(name);
    SecretState state = States.leased(before.state(), end);
    Held leased = hold(new Held(state, before.confirmedAt(), false, before.maxStale()));
    listeners.forEach(listener -> listener.changed(leased));
  }

  /** Turns what is held stale, and tells of a secret that its manager has no more. */
  void miss(SecretName name) {
    turn(name, true);
    listeners.forEach(listener -> listener.missing(name));
  }

  /** Turns what is held stale or fresh. */
  void turn(SecretName name, boolean stale) {
    Held before = now(name);
    SecretState state = States.turned(before.state());
    Held turned = hold(new Held(state, before.confirmedAt(), stale, before.maxStale()));
    listeners.forEach(listener -> listener.changed(turned));
  }

  /** Confirms what is held, of which nobody is told when it was not stale. */
  void confirmUntold(SecretName name) {
    Held before = now(name);
    hold(new Held(before.state(), time.now(), false, before.maxStale()));
  }

  /** Tells again of what is current, as a turn between fresh and stale does. */
  void tellAgain(SecretName name) {
    listeners.forEach(listener -> listener.changed(now(name)));
  }

  /** From now on it is not held, and cannot be read either; nobody is told. */
  void forget(SecretName name) {
    held.remove(name);
  }

  /** Forgets it, as {@link #forget}, for another reason than the others. */
  void outOfReach(SecretName name) {
    forget(name);
    unreachable = Optional.of(name);
  }

  void withdraw(SecretName name, Reason why) {
    missing = why;
    forget(name);
    withdrawn.add(name);
    listeners.forEach(listener -> listener.withdrawn(name));
  }

  @Override
  public Epoch epoch() {
    return States.EPOCH;
  }

  @Override
  public Optional<Held> peek(SecretName name) {
    return held(name).filter(now -> now.isUsable(time.now()));
  }

  @Override
  public Optional<Held> held(SecretName name) {
    judged++;
    return Optional.ofNullable(held.get(name));
  }

  @Override
  public Held read(SecretName name) {
    reads++;
    Reason why = unreachable.filter(name::equals).map(same -> Reason.UNAVAILABLE).orElse(missing);
    Held now = peek(name).orElseThrow(() -> SecretException.of(why, name + " cannot be had"));
    duringRead.run();
    return now;
  }

  @Override
  public List<SecretState> history(SecretName name, int limit) {
    return newestFirst.getOrDefault(name, List.of()).stream().limit(limit).toList();
  }

  @Override
  public AutoCloseable listen(ChangeListener listener) {
    listeners.add(listener);
    onListen.run();
    return () -> listeners.remove(listener);
  }

  @Override
  public SecretState readVersion(SecretName name, String backendVersion) {
    throw notHere();
  }

  @Override
  public Optional<SecretState> version(SecretName name, long version) {
    throw notHere();
  }

  @Override
  public Published publish(Change change, Alongside alongside) {
    throw notHere();
  }

  @Override
  public void withdraw(Withdrawal withdrawal) {
    throw notHere();
  }

  @Override
  public Set<SecretName> withdrawn() {
    return Set.copyOf(withdrawn);
  }

  @Override
  public Optional<Requested> requestedFor(String requestId) {
    throw notHere();
  }

  @Override
  public void confirm(SecretName name) {
    throw notHere();
  }

  @Override
  public void turnStale(SecretName name, String why) {
    throw notHere();
  }

  @Override
  public String reason(SecretName name) {
    return "";
  }

  private static AssertionError notHere() {
    return new AssertionError("a delivery does not do this");
  }
}
