package dev.latchkey.agent.inject;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Reads the secrets of a delivery on another thread: a backend that does not answer keeps neither a
 * revocation nor the end waiting.
 */
final class Loading {

  private final Delivery delivery;
  private final DeliveryContext context;
  private final ConsistentRead read;
  private final boolean withPrevious;

  Loading(Delivery delivery, DeliveryContext context) {
    this.delivery = delivery;
    this.context = context;
    this.read = new ConsistentRead(context.current());
    this.withPrevious =
        delivery.entries().stream().anyMatch(entry -> entry.format().readsPrevious());
  }

  /** Begins, and answers {@code had} when it is over; once, whatever happens. Never blocks. */
  void begin(Consumer<Reading> had) {
    try {
      context.loadThreads().execute(() -> answer(had, reading()));
    } catch (Throwable notBegun) {
      had.accept(new Reading.Failed(notBegun));
    }
  }

  private Reading reading() {
    try {
      return read.read(delivery.secrets(), withPrevious);
    } catch (Throwable unforeseen) {
      return new Reading.Failed(unforeseen);
    }
  }

  private static void answer(Consumer<Reading> had, Reading reading) {
    try {
      had.accept(reading);
    } catch (RejectedExecutionException ended) {
      // The agent is gone; its next life reads again.
      return;
    }
  }
}
