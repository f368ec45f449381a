package dev.latchkey.agent.inject;

import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.Mailbox;
import dev.latchkey.agent.time.Timers;
import java.time.Duration;
import java.util.Set;

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

  // In the mailbox alone: what could not be noted is tried again then, and not for any news.
  private int failuresInARow;
  private Set<SecretName> notNoted = Set.of();
  private Timers.Timer retry = () -> {};

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
      mailbox.post(this::noteWhatIsNew);
    }
  }

  /** Nothing is noted any more. */
  void end() {
    ended = true;
  }

  private boolean isAnythingToKeep() {
    return !untaken.missing().isEmpty();
  }

  private void noteWhatIsNew() {
    if (failuresInARow == 0 || !untaken.missing().equals(notNoted)) {
      note();
    }
  }

  private void note() {
    owed = false;
    if (isAnythingToKeep()) {
      owed = true;
    }
    retry.cancel();
    try {
      memory.noteUntaken();
      failuresInARow = 0;
    } catch (RuntimeException full) {
      owed = true;
      failuresInARow++;
      notNoted = untaken.missing();
      Duration wait = Agenda.AGAIN.delay(failuresInARow, context.random());
      retry = context.timers().schedule(wait, () -> mailbox.post(this::noteUntilTheEnd));
    }
  }

  private void noteUntilTheEnd() {
    if (!ended) {
      note();
    }
  }
}
