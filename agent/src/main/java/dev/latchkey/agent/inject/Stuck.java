package dev.latchkey.agent.inject;

import dev.latchkey.agent.event.AgentEvent;

/** Which file systems of a delivery do not answer. Safe for use by several threads. */
final class Stuck {

  private final Delivery delivery;
  private final DeliveryContext context;
  private volatile String files = "";
  private volatile String pidFile = "";

  Stuck(Delivery delivery, DeliveryContext context) {
    this.delivery = delivery;
    this.context = context;
  }

  /** Looks after a write. */
  FileThreads.Watch writing() {
    return new Words("its file system does not answer");
  }

  /** Looks after what is blanked or removed. */
  FileThreads.Watch takingBack() {
    return new Words(
        "what was written is still there and cannot be taken back: its file system does not"
            + " answer");
  }

  /** Looks after a signal. */
  FileThreads.Watch signalling() {
    return new FileThreads.Watch() {
      @Override
      public void stuck() {
        pidFile = "the file system of its pid file does not answer";
        context.events().emit(new AgentEvent.ReloadFailed(delivery.name(), pidFile));
      }

      @Override
      public void over() {
        pidFile = "";
      }
    };
  }

  private final class Words implements FileThreads.Watch {

    private final String words;

    Words(String words) {
      this.words = words;
    }

    @Override
    public void stuck() {
      files = words;
      context.events().emit(new AgentEvent.DeliveryFailed(delivery.name(), words));
    }

    @Override
    public void over() {
      files = "";
    }
  }

  /** How the delivery is, by what was known before and by this. */
  DeliveryState in(DeliveryState before) {
    return before.with(joined(before.problem(), files), joined(before.reloadProblem(), pidFile));
  }

  private static String joined(String before, String now) {
    return before.isEmpty() || now.isEmpty() ? before + now : now + "; " + before;
  }
}
