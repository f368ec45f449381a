package dev.latchkey.acceptance;

import dev.latchkey.client.CredentialChange;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.StateId;
import dev.latchkey.client.WatchListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a watcher was told, and each time that it was told less than had been published when it
 * connected.
 *
 * <p>Each attempt to connect is held back until the end of the one before was told, so that the
 * first event after {@link #connected} is known to belong to the newest attempt.
 */
final class Told implements WatchListener {

  /** Open once what the attempt before brought was told to its end. */
  private final Semaphore before = new Semaphore(1);

  private final List<CredentialChange> changes = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private @Nullable StateId published;
  private @Nullable StateId atConnect;
  private boolean first;
  private long streams;
  private long compared;

  /** Notes that {@code state} is current, after the operator was answered. */
  synchronized void published(StateId state) {
    published = state;
  }

  /** The watch is about to ask for a stream; the client's source of headers, asked each time. */
  Map<String, String> asking() {
    try {
      if (!before.tryAcquire(30, TimeUnit.SECONDS)) {
        synchronized (this) {
          faults.add("the end of a stream was not told within 30 s");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      atConnect = published;
    }
    return Map.of();
  }

  @Override
  public synchronized void connected(String epoch) {
    streams++;
    first = true;
  }

  @Override
  public synchronized void changed(CredentialChange change) {
    changes.add(change);
    compare();
  }

  @Override
  public synchronized void caughtUp() {
    compare();
  }

  @Override
  public void disconnected(LatchkeyException why) {
    before.release();
  }

  private void compare() {
    StateId bound = atConnect;
    if (!first) {
      return;
    }
    first = false;
    if (bound == null) {
      return;
    }
    compared++;
    if (changes.isEmpty()) {
      faults.add("told nothing although " + bound + " was published");
      return;
    }
    StateId told = changes.getLast().credential().state();
    if (bound.follows(told)) {
      faults.add("told " + told + " although " + bound + " was published when it connected");
    }
  }

  /** How many streams began. */
  synchronized long streams() {
    return streams;
  }

  /** How many streams' first events were compared with what had been published. */
  synchronized long compared() {
    return compared;
  }

  synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  synchronized List<CredentialChange> changes() {
    return List.copyOf(changes);
  }
}
