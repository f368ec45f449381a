package dev.latchkey.agent.current;

/**
 * Told after a state became current, or turned between fresh and stale. Never blocks and never
 * throws; calls for one secret come in the order of their states.
 */
@FunctionalInterface
public interface ChangeListener {

  void changed(Held now);
}
