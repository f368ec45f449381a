package dev.latchkey.agent.inject;

import dev.latchkey.agent.event.AgentEvent;

/** Whether the file system of a delivery answers. Safe for use by several threads. */
final class Stuck implements FileThreads.Watch {

  private static final String WORDS = "its file system does not answer";

  private final Delivery delivery;
  private final DeliveryContext context;
  private volatile boolean on;

  Stuck(Delivery delivery, DeliveryContext context) {
    this.delivery = delivery;
    this.context = context;
  }

  @Override
  public void stuck() {
    on = true;
    context.events().emit(new AgentEvent.DeliveryFailed(delivery.name(), WORDS));
  }

  @Override
  public void over() {
    on = false;
  }

  /** How the delivery is, by what was known before and by this. */
  DeliveryState in(DeliveryState before) {
    return on ? before.withProblem(WORDS) : before;
  }
}
