package dev.latchkey.agent.inject;

import dev.latchkey.agent.event.AgentEvent;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** What of a delivery a file system does not answer for. Safe for use by several threads. */
final class Stuck {

  private final Delivery delivery;
  private final DeliveryContext context;

  /** Those that wait, each by itself: several may at once. */
  private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

  Stuck(Delivery delivery, DeliveryContext context) {
    this.delivery = delivery;
    this.context = context;
  }

  private enum What {
    TAKING_BACK(
        "what was written is still there and cannot be taken back: its file system does not"
            + " answer"),
    WRITING("its file system does not answer"),
    SIGNALLING("the file system of its pid file does not answer");

    private final String words;

    What(String words) {
      this.words = words;
    }
  }

  /** Looks after a write. */
  FileThreads.Watch writing() {
    return new Waiting(What.WRITING);
  }

  /** Looks after what is blanked or removed. */
  FileThreads.Watch takingBack() {
    return new Waiting(What.TAKING_BACK);
  }

  /** Looks after a signal. */
  FileThreads.Watch signalling() {
    return new Waiting(What.SIGNALLING);
  }

  private final class Waiting implements FileThreads.Watch {

    private final What what;

    Waiting(What what) {
      this.what = what;
    }

    @Override
    public void stuck() {
      boolean first = !isStuck(what);
      waiting.add(this);
      if (first) {
        context.events().emit(event(what));
      }
    }

    @Override
    public void over() {
      waiting.remove(this);
    }
  }

  private boolean isStuck(What what) {
    return waiting.stream().anyMatch(each -> each.what == what);
  }

  private AgentEvent event(What what) {
    return switch (what) {
      case TAKING_BACK, WRITING -> new AgentEvent.DeliveryFailed(delivery.name(), what.words);
      case SIGNALLING -> new AgentEvent.ReloadFailed(delivery.name(), what.words);
    };
  }

  /** How the delivery is, by what was known before and by this; what cannot be taken back first. */
  DeliveryState in(DeliveryState before) {
    return before.with(
        joined(before.problem(), Set.of(What.TAKING_BACK, What.WRITING)),
        joined(before.reloadProblem(), Set.of(What.SIGNALLING)));
  }

  private String joined(String before, Set<What> of) {
    String now =
        waiting.stream()
            .map(each -> each.what)
            .filter(of::contains)
            .distinct()
            .sorted()
            .map(what -> what.words)
            .collect(Collectors.joining("; "));
    return before.isEmpty() || now.isEmpty() ? before + now : now + "; " + before;
  }
}
