package dev.latchkey.agent.watch;

import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.StateId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one subscription was last sent of one secret, and the newest there is. The newest replaces
 * what was not sent yet, so that a slot never holds more than one state.
 *
 * <p>Guarded by its subscription's lock.
 */
final class Slot {

  private final SecretName name;
  private @Nullable StateId sent;
  private boolean sentStale;
  private boolean toldUnavailable;
  private @Nullable Held newest;
  private @Nullable SecretException unavailable;
  private boolean settled;
  private int attempts;

  /** A slot whose subscriber holds {@code sent} from an earlier stream. */
  Slot(SecretName name, Optional<StateId> sent) {
    this.name = name;
    this.sent = sent.orElse(null);
  }

  SecretName name() {
    return name;
  }

  /** Takes a state that became current or turned, unless it is older than the newest one. */
  void offer(Held held) {
    if (newest != null && newest.state().id().isAfter(held.state().id())) {
      return;
    }
    newest = held;
    unavailable = null;
    attempts = 0;
  }

  /**
   * Takes what a read brought; of two equal states the one already here is the later word on
   * freshness.
   */
  void offerRead(Held held) {
    boolean isKnown =
        newest != null && !held.state().id().isAfter(newest.state().id()) && unavailable == null;
    if (!isKnown) {
      offer(held);
    }
  }

  /** Notes that nothing can be had, unless a state came meanwhile; answers how often in a row. */
  int offerUnavailable(SecretException why) {
    unavailable = why;
    return ++attempts;
  }

  /** Whether the first look at this slot is over, with or without an event. */
  boolean isSettled() {
    return settled;
  }

  /**
   * Whether the subscriber was once told what there is, and would now be told of nothing usable.
   */
  boolean isTold() {
    return settled && !toldUnavailable;
  }

  /** The newest state, when there is one to be sent. */
  Optional<Held> toSend(Instant now) {
    return unavailable == null && newest != null && newest.isUsable(now) && lacks(newest)
        ? Optional.of(newest)
        : Optional.empty();
  }

  /** The difference between what was sent and the newest, once; empty when there is none. */
  Optional<WatchEvent> take(Instant now) {
    settled = true;
    if (unavailable != null || (newest != null && !newest.isUsable(now))) {
      return takeUnavailable();
    }
    return newest == null || !lacks(newest) ? Optional.empty() : Optional.of(takeChange(newest));
  }

  private Optional<WatchEvent> takeUnavailable() {
    if (toldUnavailable) {
      return Optional.empty();
    }
    toldUnavailable = true;
    SecretException why = unavailable == null ? Unusable.of(name) : unavailable;
    return Optional.of(new WatchEvent.Unavailable(name, why));
  }

  private WatchEvent takeChange(Held now) {
    StateId id = now.state().id();
    boolean isSnapshot = sent != null && !sent.epoch().equals(id.epoch());
    long skipped = sent == null || isSnapshot ? 0 : Math.max(0, id.version() - sent.version() - 1);
    sent = id;
    sentStale = now.stale();
    toldUnavailable = false;
    return new WatchEvent.Changed(now, isSnapshot, skipped, false);
  }

  /** Whether the subscriber lacks {@code now}; never true for an older state than it was sent. */
  boolean lacks(Held now) {
    StateId id = now.state().id();
    if (sent == null || !sent.epoch().equals(id.epoch()) || id.isAfter(sent)) {
      return true;
    }
    return id.equals(sent) && (now.stale() != sentStale || toldUnavailable);
  }
}
