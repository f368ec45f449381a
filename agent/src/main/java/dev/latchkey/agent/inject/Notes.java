package dev.latchkey.agent.inject;

import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.time.Mailbox;

/**
 * Has the store keep what only the secret manager told of and a delivery has not taken yet, since
 * its mailbox may wait for a file system: a mailbox beside that one. What the store cannot keep now
 * is tried again with backoff. Safe for use by several threads.
 */
final class Notes {

  private final Delivery delivery;
  private final DeliveryContext context;
  private final Memory memory;
  private final Untaken untaken;
  private final Mailbox mailbox;

  /** Whether the store may keep something of this, or has to. */
  private volatile boolean owed;

  private volatile boolean ended;
  private int failuresInARow;

  Notes(Delivery delivery, DeliveryContext context, Memory memory, Untaken untaken) {
    this.delivery = delivery;
    this.context = context;
    this.memory = memory;
    this.untaken = untaken;
    this.mailbox = new Mailbox(context.virtualThreads());
  }

  /** Something was told, or taken; never blocks. */
  void post() {
    if (delivery.onRevoked() == Leaving.KEEP || ended) {
      return;
    }
    if (isAnythingToKeep()) {
      owed = true;
    }
    if (owed) {
      mailbox.post(this::note);
    }
  }

  /** Nothing is noted any more. */
  void end() {
    ended = true;
  }

  private boolean isAnythingToKeep() {
    return !untaken.missing().isEmpty();
  }

  private void note() {
    owed = isAnythingToKeep();
    try {
      memory.noteUntaken();
      failuresInARow = 0;
    } catch (RuntimeException full) {
      failuresInARow++;
      owed = true;
      context.timers().schedule(Agenda.AGAIN.bound(failuresInARow), this::post);
    }
  }
}
