package dev.latchkey.agent.supply;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** When each secret is read again: at most one pending timer for each name. */
final class RefreshPlans implements AutoCloseable {

  private final ConcurrentHashMap<SecretName, Plan> plans = new ConcurrentHashMap<>();
  private final Timers timers;
  private final TimeSource time;
  private final Consumer<SecretName> refresh;
  private volatile boolean closed;

  /**
   * No plans.
   *
   * @param refresh called when a name is due
   */
  RefreshPlans(Timers timers, TimeSource time, Consumer<SecretName> refresh) {
    this.timers = timers;
    this.time = time;
    this.refresh = refresh;
  }

  private record Plan(Instant dueAt, Duration delay, Timers.Timer timer) {}

  /** Reads {@code name} again after {@code delay}, instead of whenever was planned before. */
  void plan(SecretName name, Duration delay) {
    plans.compute(
        name,
        (same, before) -> {
          if (before != null) {
            before.timer().cancel();
          }
          return closed ? null : planned(name, delay);
        });
  }

  private Plan planned(SecretName name, Duration delay) {
    return new Plan(
        time.now().plus(delay), delay, timers.schedule(delay, () -> refresh.accept(name)));
  }

  /** Reads {@code name} no more. */
  void drop(SecretName name) {
    Plan plan = plans.remove(name);
    if (plan != null) {
      plan.timer().cancel();
    }
  }

  /** Plans everything again by the wall clock, which jumped: what came due meanwhile is due now. */
  void planAgain() {
    Instant now = time.now();
    plans.forEach((name, plan) -> plan(name, left(plan, now)));
  }

  private static Duration left(Plan plan, Instant now) {
    Duration left = Duration.between(now, plan.dueAt());
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(plan.delay()) > 0 ? plan.delay() : left;
  }

  int count() {
    return plans.size();
  }

  @Override
  public void close() {
    closed = true;
    plans.keySet().forEach(this::drop);
  }
}
