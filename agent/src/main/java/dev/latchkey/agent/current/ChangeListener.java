package dev.latchkey.agent.current;

import dev.latchkey.agent.secret.SecretName;

/**
 * Told after a state became current, or turned between fresh and stale. Never blocks and never
 * throws; calls for one secret come in the order of their states.
 */
@FunctionalInterface
public interface ChangeListener {

  void changed(Held now);

  /**
   * Told after nothing is current any more of a secret, since its newest version was taken away.
   */
  default void withdrawn(SecretName name) {}

  /**
   * Told each time the secret manager answers that there is no such secret, or no such version, any
   * more. What is held is served on, stale, until {@code max_stale}; whoever wrote it somewhere may
   * want to take it back. A fresh state that comes later is told as a change.
   */
  default void missing(SecretName name) {}
}
