package dev.latchkey.agent.readiness;

import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.current.ChangeListener;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.lifecycle.ComponentHealth.Level;
import dev.latchkey.agent.lifecycle.Gate;
import dev.latchkey.agent.lifecycle.Health;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Readiness judged from what is held and from what each component says of itself.
 *
 * <p>First true once every required secret was fresh at one moment; from then on while each is
 * usable. A component that is a gate must be open besides. Turns are looked for at each change and
 * every {@link #PERIOD}, since a value also ends by time alone.
 */
public final class DerivedReadiness implements Readiness, AutoCloseable {

  /** How often a turn is looked for without a change. */
  static final Duration PERIOD = Duration.ofSeconds(1);

  private final Current current;
  private final Catalog catalog;
  private final List<Health> components;
  private final TimeSource time;
  private final Timers timers;
  private final List<Consumer<Report>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean everFresh = new AtomicBoolean();
  private final AtomicBoolean lastReady = new AtomicBoolean();
  private volatile AutoCloseable listening = () -> {};
  private volatile Timers.Timer next = () -> {};
  private volatile boolean closed;

  public DerivedReadiness(
      Current current, Catalog catalog, List<Health> components, TimeSource time, Timers timers) {
    this.current = current;
    this.catalog = catalog;
    this.components = List.copyOf(components);
    this.time = time;
    this.timers = timers;
  }

  /** Begins to look for turns. */
  public void start() {
    listening =
        current.listen(
            new ChangeListener() {
              @Override
              public void changed(Held now) {
                lookForTurn();
              }

              @Override
              public void withdrawn(SecretName name) {
                lookForTurn();
              }
            });
    lookAgain();
  }

  private void lookAgain() {
    lookForTurn();
    if (!closed) {
      next = timers.schedule(PERIOD, this::lookAgain);
    }
  }

  private void lookForTurn() {
    Report report = report();
    if (lastReady.compareAndSet(!report.ready(), report.ready())) {
      listeners.forEach(listener -> listener.accept(report));
    }
  }

  @Override
  public Report report() {
    List<SecretHealth> secrets = catalog.declared().stream().map(this::judge).toList();
    List<ComponentHealth> healths = components.stream().map(Health::health).toList();
    boolean ready = isReady(secrets);
    return new Report(ready, level(secrets, healths), secrets, healths);
  }

  private boolean isReady(List<SecretHealth> secrets) {
    List<SecretHealth> required = secrets.stream().filter(SecretHealth::required).toList();
    if (required.stream().allMatch(secret -> secret.condition() == Condition.FRESH)) {
      everFresh.set(true);
    }
    return everFresh.get()
        && required.stream().allMatch(DerivedReadiness::isUsable)
        && components.stream().allMatch(DerivedReadiness::isOpen);
  }

  private static boolean isOpen(Health component) {
    return !(component instanceof Gate gate) || gate.isOpen();
  }

  private static boolean isUsable(SecretHealth secret) {
    return switch (secret.condition()) {
      case FRESH, STALE -> true;
      case EXPIRED, UNAVAILABLE -> false;
    };
  }

  private SecretHealth judge(Declaration declaration) {
    Condition condition = Condition.of(current.held(declaration.name()), time.now());
    return new SecretHealth(
        declaration.name(), declaration.required(), condition, reason(declaration, condition));
  }

  private String reason(Declaration declaration, Condition condition) {
    String why = current.reason(declaration.name());
    return switch (condition) {
      case FRESH -> "";
      case STALE -> why.isEmpty() ? "not confirmed by its backend since the start" : why;
      case EXPIRED -> why.isEmpty() ? "its lease ended" : "its lease ended: " + why;
      case UNAVAILABLE -> why.isEmpty() ? "not loaded yet" : why;
    };
  }

  private static Level level(List<SecretHealth> secrets, List<ComponentHealth> components) {
    Level worst = Level.HEALTHY;
    for (SecretHealth secret : secrets) {
      worst = worse(worst, level(secret));
    }
    for (ComponentHealth component : components) {
      worst = worse(worst, component.level());
    }
    return worst;
  }

  private static Level level(SecretHealth secret) {
    if (secret.condition() == Condition.FRESH) {
      return Level.HEALTHY;
    }
    return secret.required() && !isUsable(secret) ? Level.UNHEALTHY : Level.DEGRADED;
  }

  private static Level worse(Level a, Level b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  @Override
  public AutoCloseable onTurn(Consumer<Report> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Looks for no more turns. */
  @Override
  public void close() throws Exception {
    closed = true;
    next.cancel();
    listening.close();
  }
}
