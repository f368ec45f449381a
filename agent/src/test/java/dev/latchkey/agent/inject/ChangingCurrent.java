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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What is current, changed by the test; counts reads and can do something during each. */
final class ChangingCurrent implements Current {

  final List<ChangeListener> listeners = new ArrayList<>();
  int reads;
  Reason missing = Reason.UNAVAILABLE;
  Runnable duringRead = () -> {};
  private final Map<SecretName, List<SecretState>> newestFirst = new HashMap<>();
  private final Map<SecretName, Held> held = new HashMap<>();

  /** Makes a next version current, and tells. */
  void put(SecretName name, SecretContent content) {
    Held now = putUntold(name, content);
    listeners.forEach(listener -> listener.changed(now));
  }

  Held putUntold(SecretName name, SecretContent content) {
    List<SecretState> states = newestFirst.computeIfAbsent(name, none -> new ArrayList<>());
    states.addFirst(States.state(name, states.size() + 1L, content));
    Held now = States.held(states.getFirst());
    held.put(name, now);
    return now;
  }

  /** Tells again of what is current, as a turn between fresh and stale does. */
  void tellAgain(SecretName name) {
    Held now = Objects.requireNonNull(held.get(name), "something is current");
    listeners.forEach(listener -> listener.changed(now));
  }

  void withdraw(SecretName name, Reason why) {
    missing = why;
    held.remove(name);
    listeners.forEach(listener -> listener.withdrawn(name));
  }

  @Override
  public Epoch epoch() {
    return States.EPOCH;
  }

  @Override
  public Optional<Held> peek(SecretName name) {
    return Optional.ofNullable(held.get(name));
  }

  @Override
  public Held read(SecretName name) {
    reads++;
    Held now = peek(name).orElseThrow(() -> SecretException.of(missing, name + " cannot be had"));
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
