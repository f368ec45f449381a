package dev.latchkey.agent.event;

/** Where events go. Never blocks and never throws. */
@FunctionalInterface
public interface EventSink {

  void emit(AgentEvent event);
}
