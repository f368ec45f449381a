package dev.latchkey.agent.lifecycle;

/** A component that says how it is. Called often and from any thread: never blocks. */
public interface Health {

  ComponentHealth health();
}
