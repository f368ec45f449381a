package dev.latchkey.agent.lifecycle;

/**
 * A component without which the agent is not ready; while it is not open, its health says what is
 * missing. Called often and from any thread: never blocks.
 */
public interface Gate extends Health {

  /** Whether the agent may be ready as far as this goes. */
  boolean isOpen();
}
