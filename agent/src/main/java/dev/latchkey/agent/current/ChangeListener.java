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
}
