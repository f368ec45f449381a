package dev.latchkey.agent.inject;

/** What is kept of one delivery: as it is, and as the store has it. Confined to its mailbox. */
final class Memory {

  private final Delivery delivery;
  private final DeliveryContext context;
  private Kept now;
  private Kept stored;

  Memory(Delivery delivery, DeliveryContext context) {
    this.delivery = delivery;
    this.context = context;
    this.now = Kept.nothing(delivery.placement().path());
    this.stored = now;
  }

  /** Takes up what an earlier life of the agent kept. */
  void takeUp(Kept kept) {
    stored = kept;
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
    if (!next.equals(stored)) {
      context
          .transactions()
          .run(transaction -> context.store().keep(transaction, delivery.name(), next));
      stored = next;
    }
    now = next;
  }

  /** Has the store keep what is. Blocks, unless it does already. */
  void save() {
    keep(now);
  }
}
