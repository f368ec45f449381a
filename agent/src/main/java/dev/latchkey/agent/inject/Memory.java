package dev.latchkey.agent.inject;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * What is kept of one delivery: as it is, and as the store has it. The store has also what is still
 * to be taken, in case the agent is killed before. Confined to the delivery's mailbox, but for
 * {@link #noteUntaken}.
 */
final class Memory {

  private final Delivery delivery;
  private final DeliveryContext context;
  private final Untaken untaken;
  private final Lock storing = new ReentrantLock();
  private Kept now;
  private Kept stored;

  Memory(Delivery delivery, DeliveryContext context, Untaken untaken) {
    this.delivery = delivery;
    this.context = context;
    this.untaken = untaken;
    this.now = Kept.nothing(delivery.placement().path());
    this.stored = now;
  }

  /** Takes up what an earlier life of the agent kept. */
  void takeUp(Kept kept) {
    storing.lock();
    try {
      stored = kept;
    } finally {
      storing.unlock();
    }
    now = kept.at(delivery.placement().path());
  }

  Kept now() {
    return now;
  }

  void become(Kept next) {
    now = next;
  }

  /** Becomes {@code next} when the store keeps that. Blocks, unless it does already. */
  void keep(Kept next) {
    store(before -> next);
    now = next;
  }

  /** Has the store keep what is. Blocks, unless it does already. */
  void save() {
    keep(now);
  }

  /**
   * Has the store keep what is still to be taken. Blocks, unless it does already; may be called by
   * any thread.
   */
  void noteUntaken() {
    store(before -> before);
  }

  private void store(UnaryOperator<Kept> becomes) {
    storing.lock();
    try {
      Kept next = becomes.apply(stored).asRevoked(untaken.missing());
      if (!next.equals(stored)) {
        context
            .transactions()
            .run(transaction -> context.store().keep(transaction, delivery.name(), next));
        stored = next;
      }
    } finally {
      storing.unlock();
    }
  }
}
