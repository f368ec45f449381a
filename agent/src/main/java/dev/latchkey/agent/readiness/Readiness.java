package dev.latchkey.agent.readiness;

import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.SecretName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Whether the agent is ready, and how it is. Never blocks; safe for use by several threads. */
public interface Readiness {

  /** Judges now. */
  Report report();

  /** Calls {@code listener} when {@link Report#ready} turns. */
  AutoCloseable onTurn(java.util.function.Consumer<Report> listener);

  /**
   * A judgement.
   *
   * @param ready true once every required secret was fresh, while each is usable and every gate
   *     open
   */
  record Report(
      boolean ready,
      ComponentHealth.Level level,
      List<SecretHealth> secrets,
      List<ComponentHealth> components) {

    public Report {
      secrets = List.copyOf(secrets);
      components = List.copyOf(components);
    }
  }

  /**
   * How one declared secret is.
   *
   * @param reason why it is not fresh; empty when it is
   */
  record SecretHealth(SecretName name, boolean required, Condition condition, String reason) {}

  /** How a secret is. */
  enum Condition {
    FRESH,
    STALE,
    EXPIRED,
    UNAVAILABLE;

    /** How a secret is at {@code now} of which this is held, usable or not. */
    public static Condition of(Optional<Held> held, Instant now) {
      return held.map(found -> of(found, now)).orElse(UNAVAILABLE);
    }

    private static Condition of(Held held, Instant now) {
      if (held.isUsable(now)) {
        return held.stale() ? STALE : FRESH;
      }
      boolean leaseEnded = held.state().expiresAt().filter(end -> !now.isBefore(end)).isPresent();
      return leaseEnded ? EXPIRED : UNAVAILABLE;
    }
  }
}
