package dev.latchkey.agent.watch;

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
import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What is current, as the test says; usable for one hour after it was put or turned. */
final class StatesByHand implements Current {

  private final Map<SecretName, Held> held = new HashMap<>();
  private final Map<SecretName, Held> onRead = new HashMap<>();
  private final List<ChangeListener> listeners = new ArrayList<>();
  private final TimeSource time;

  StatesByHand(TimeSource time) {
    this.time = time;
  }

  private Held state(String name, long version) {
    SecretState state =
        new SecretState(
            new SecretName(name),
            new StateId(epoch(), version, version),
            "",
            new SecretContent(Map.of("v", SecretValue.ofText("v" + version))),
            new Lifetime.Unleased(),
            time.now(),
            time.now(),
            Optional.empty(),
            0,
            Cause.PUT);
    return new Held(state, time.now(), false, Duration.ofHours(1));
  }

  void put(String name, long version) {
    tell(state(name, version));
  }

  void turn(String name, boolean stale) {
    Held before = Objects.requireNonNull(held.get(new SecretName(name)));
    tell(new Held(before.state(), time.now(), stale, before.maxStale()));
  }

  private void tell(Held now) {
    held.put(now.state().name(), now);
    listeners.forEach(listener -> listener.changed(now));
  }

  /** The next read of the name brings this. */
  void arrivesOnRead(String name, long version) {
    onRead.put(new SecretName(name), state(name, version));
  }

  @Override
  public Epoch epoch() {
    return new Epoch("epoch-one");
  }

  @Override
  public Optional<Held> peek(SecretName name) {
    return Optional.ofNullable(held.get(name)).filter(now -> now.isUsable(time.now()));
  }

  @Override
  public Held read(SecretName name) {
    Held arrived = onRead.remove(name);
    if (arrived != null) {
      tell(state(name.text(), arrived.state().id().version()));
    }
    return peek(name)
        .orElseThrow(() -> SecretException.of(Reason.UNAVAILABLE, name + " cannot be had"));
  }

  @Override
  public SecretState readVersion(SecretName name, String backendVersion) {
    throw new AssertionError("a watch reads what is current");
  }

  @Override
  public Optional<SecretState> version(SecretName name, long version) {
    throw new AssertionError("a watch reads what is current");
  }

  @Override
  public List<SecretState> history(SecretName name, int limit) {
    throw new AssertionError("a watch reads what is current");
  }

  @Override
  public Published publish(Change change, Alongside alongside) {
    throw new AssertionError("a watch publishes nothing");
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
    throw new AssertionError("a watch confirms nothing");
  }

  @Override
  public void turnStale(SecretName name, String why) {
    throw new AssertionError("a watch turns nothing");
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
}
