package dev.latchkey.agent.backend;

import dev.latchkey.agent.lifecycle.ComponentHealth;
import java.util.Optional;

/**
 * What a {@link Circuit} thinks of its secret manager, and what it thinks after each thing that it
 * learns. Pure.
 */
sealed interface CircuitState {

  /** After a call that was answered. */
  CircuitState worked();

  /** After a call that met an outage. */
  CircuitState failed(Outage outage, int limit, long nowNanos);

  /** After a call that the manager failed while it may work for others. */
  CircuitState doubted(int limit);

  /** After a call that told nothing. */
  CircuitState gaveUp();

  /** After a probe. */
  CircuitState probed(Optional<Outage> outage, long nowNanos);

  /** How the manager is, in words; empty where there is nothing to say. */
  Optional<ComponentHealth> health(String component);

  /**
   * It works.
   *
   * @param failures how many calls in a row failed
   * @param doubted whether it is being probed, since those failures may be the calls' own
   */
  record Closed(int failures, boolean doubted) implements CircuitState {

    static final Closed SOUND = new Closed(0, false);

    @Override
    public CircuitState worked() {
      return SOUND;
    }

    @Override
    public CircuitState failed(Outage outage, int limit, long nowNanos) {
      return failures + 1 >= limit
          ? new Open(outage, nowNanos, 1)
          : new Closed(failures + 1, doubted);
    }

    @Override
    public CircuitState doubted(int limit) {
      int now = Math.min(failures + 1, limit);
      return new Closed(now, doubted || now >= limit);
    }

    @Override
    public CircuitState gaveUp() {
      return this;
    }

    @Override
    public CircuitState probed(Optional<Outage> outage, long nowNanos) {
      return doubted
          ? outage.<CircuitState>map(why -> new Open(why, nowNanos, 1)).orElse(SOUND)
          : this;
    }

    @Override
    public Optional<ComponentHealth> health(String component) {
      return Optional.empty();
    }
  }

  /**
   * It is gone.
   *
   * @param sinceNanos when it last turned from working
   * @param attempts which probe since then is the next
   */
  record Open(Outage outage, long sinceNanos, int attempts) implements CircuitState {

    @Override
    public CircuitState worked() {
      return this;
    }

    @Override
    public CircuitState failed(Outage another, int limit, long nowNanos) {
      return this;
    }

    @Override
    public CircuitState doubted(int limit) {
      return this;
    }

    @Override
    public CircuitState gaveUp() {
      return this;
    }

    @Override
    public CircuitState probed(Optional<Outage> still, long nowNanos) {
      return still
          .<CircuitState>map(why -> new Open(why, sinceNanos, attempts + 1))
          .orElseGet(() -> new HalfOpen(outage, sinceNanos, attempts, 0));
    }

    @Override
    public Optional<ComponentHealth> health(String component) {
      return Optional.of(
          ComponentHealth.unhealthy(
              component,
              "the circuit is open, and only probes are sent: " + outage.why().safeMessage()));
    }
  }

  /**
   * It answered a probe, and the next call decides.
   *
   * @param trials how many calls are under way
   */
  record HalfOpen(Outage outage, long sinceNanos, int attempts, int trials)
      implements CircuitState {

    /** After one more call was let through. */
    HalfOpen admitted() {
      return new HalfOpen(outage, sinceNanos, attempts, trials + 1);
    }

    @Override
    public CircuitState worked() {
      return Closed.SOUND;
    }

    /** The backoff goes on: a good probe alone proves nothing. */
    @Override
    public CircuitState failed(Outage another, int limit, long nowNanos) {
      return new Open(another, sinceNanos, attempts + 1);
    }

    /** After a good probe an answer of the manager's own shows that it is there. */
    @Override
    public CircuitState doubted(int limit) {
      return Closed.SOUND;
    }

    @Override
    public CircuitState gaveUp() {
      return new HalfOpen(outage, sinceNanos, attempts, trials - 1);
    }

    @Override
    public CircuitState probed(Optional<Outage> late, long nowNanos) {
      return this;
    }

    @Override
    public Optional<ComponentHealth> health(String component) {
      return Optional.of(
          ComponentHealth.degraded(
              component,
              "the circuit is half open: a probe was answered, and the next call decides"));
    }
  }
}
