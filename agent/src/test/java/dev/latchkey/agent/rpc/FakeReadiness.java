package dev.latchkey.agent.rpc;

import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.readiness.Readiness;
import dev.latchkey.agent.secret.SecretName;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Ready or not, as the test says. */
final class FakeReadiness implements Readiness {

  private final List<Consumer<Report>> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean ready = true;

  void turn(boolean isReady) {
    ready = isReady;
    listeners.forEach(listener -> listener.accept(report()));
  }

  @Override
  public Report report() {
    return new Report(
        ready,
        ready ? ComponentHealth.Level.HEALTHY : ComponentHealth.Level.UNHEALTHY,
        List.of(
            new SecretHealth(
                new SecretName("orders-db"),
                true,
                ready ? Condition.FRESH : Condition.UNAVAILABLE,
                ready ? "" : "the backend is down")),
        List.of(ComponentHealth.healthy("store")));
  }

  @Override
  public AutoCloseable onTurn(Consumer<Report> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }
}
