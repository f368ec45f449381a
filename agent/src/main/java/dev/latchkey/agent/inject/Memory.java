package dev.latchkey.agent.inject;

import dev.latchkey.agent.inject.Delivery.Leaving;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

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

  /** What the delivery last had kept. */
  private Kept kept;

  /** The same with what is still to be taken, as the store has it. */
  private Kept stored;

  /** Whether the store had no room for what the delivery last wanted kept. */
  private boolean behind;

  Memory(Delivery delivery, DeliveryContext context, Untaken untaken) {
    this.delivery = delivery;
    this.context = context;
    this.untaken = untaken;
    this.now = Kept.nothing(delivery.placement().path());
    this.kept = now;
    this.stored = now;
  }

  /** Takes up what an earlier life of the agent kept. */
  void takeUp(Kept earlier) {
    storing.lock();
    try {
      kept = earlier;
      stored = earlier;
    } finally {
      storing.unlock();
    }
    now = earlier.at(delivery.placement().path());
  }

  Kept now() {
    return now;
  }

  void become(Kept next) {
    now = next;
  }

  /** Becomes {@code next} when the store keeps that. Blocks, unless it does already. */
  void keep(Kept next) {
    storing.lock();
    try {
      behind = true;
      store(next);
      kept = next;
      behind = false;
    } finally {
      storing.unlock();
    }
    now = next;
  }

  /** Has the store keep what is. Blocks, unless it does already. */
  void save() {
    keep(now);
  }

  /**
   * Has the store keep what is still to be taken, and no more what was; unless that was taken and
   * could not be kept yet. Blocks, unless the store does already; may be called by any thread.
   */
  void noteUntaken() {
    storing.lock();
    try {
      store(behind ? kept.asRevoked(stored.revoked()) : kept);
    } finally {
      storing.unlock();
    }
  }

  private void store(Kept next) {
    Kept whole = delivery.onRevoked() == Leaving.KEEP ? next : next.asRevoked(untaken.missing());
    if (!whole.equals(stored)) {
      context
          .transactions()
          .run(transaction -> context.store().keep(transaction, delivery.name(), whole));
      stored = whole;
    }
  }
}
