package dev.latchkey.client;

import dev.latchkey.client.LatchkeyException.Reason;
import dev.latchkey.client.Surroundings.Clock;
import dev.latchkey.client.Surroundings.Mark;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a watch holds of its secrets, and the rules by which it takes a state or leaves it.
 *
 * <p>Within one epoch only a later state is taken. A state of another epoch is taken as a snapshot;
 * the newest state of each epoch left behind is remembered, so that a return to it brings nothing
 * older either. Writers hold the watch's lock; readers need none, because each slot publishes
 * immutable snapshots.
 */
final class WatchedCopy {

  private static final int REMEMBERED_EPOCHS = 16;

  private final Clock clock;
  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private volatile @Nullable Mark lastContact;
  private volatile @Nullable LatchkeyException denied;

  WatchedCopy(WatchRequest request, Clock clock) {
    this.clock = clock;
    request.names().forEach(name -> slots.put(name, new Slot(request.held().get(name))));
  }

  /** The agent was heard from now. */
  void contact() {
    lastContact = clock.mark();
  }

  /** How long ago the agent was last heard from; empty when never. */
  Optional<Duration> sinceContact() {
    return Optional.ofNullable(lastContact).map(clock::since);
  }

  /** The shortest bound on staleness among what is held; the default when nothing is. */
  Duration shortestMaxStale() {
    return slots.values().stream()
        .map(slot -> slot.seen.current)
        .filter(arrived -> arrived != null)
        .map(arrived -> arrived.credential.maxStale())
        .min(Duration::compareTo)
        .orElse(Credential.DEFAULT_MAX_STALE);
  }

  /** The states held, by name, to resume from. */
  Map<String, StateId> held() {
    Map<String, StateId> held = new LinkedHashMap<>();
    slots.forEach(
        (name, slot) -> {
          if (slot.held != null) {
            held.put(name, slot.held);
          }
        });
    return held;
  }

  /** Takes a current state or leaves it; what the listener is to be told, if anything. */
  Optional<CredentialChange> changed(Credential credential, boolean snapshot, long skipped) {
    Slot slot = slots.get(credential.name());
    if (slot == null || !slot.takes(credential.state())) {
      if (slot != null) {
        slot.turn(credential, clock.mark());
      }
      return Optional.empty();
    }
    boolean newEpoch = slot.held != null && !slot.held.sameEpoch(credential.state());
    slot.take(credential, clock.mark());
    return Optional.of(new CredentialChange(credential, snapshot || newEpoch, skipped));
  }

  /** Takes a candidate or leaves it. */
  Optional<CredentialChange> announced(Credential candidate, long skipped) {
    Slot slot = slots.get(candidate.name());
    if (slot == null || !slot.takesPending(candidate.state())) {
      return Optional.empty();
    }
    slot.seen = slot.seen.withPending(candidate);
    return Optional.of(new CredentialChange(candidate, false, skipped));
  }

  /** The agent cannot have a secret at present. */
  boolean unavailable(String name, LatchkeyException why) {
    Slot slot = slots.get(name);
    if (slot == null) {
      return false;
    }
    slot.seen = slot.seen.withUnavailable(why);
    slot.reportedUnavailable = true;
    return true;
  }

  /** A stream begins: what it does not call unavailable until it has caught up can be had again. */
  void started() {
    slots.values().forEach(slot -> slot.reportedUnavailable = false);
  }

  /** The stream has said everything that was lacking. */
  void caughtUp() {
    denied = null;
    for (Slot slot : slots.values()) {
      if (!slot.reportedUnavailable) {
        slot.seen = slot.seen.withUnavailable(null);
      }
    }
  }

  /** The agent took the right away. */
  void denied(LatchkeyException why) {
    denied = why;
  }

  /** The newest candidate. */
  Optional<Credential> pending(String name) {
    return Optional.ofNullable(slot(name).seen.pending);
  }

  /** The current credential, if it may be served now. */
  Credential current(String name) {
    Seen seen = slot(name).seen;
    LatchkeyException refusal = denied == null ? seen.unavailable : denied;
    if (refusal != null) {
      throw new LatchkeyException(
          refusal.reason(), String.valueOf(refusal.getMessage()), null, refusal);
    }
    Arrived current = seen.current;
    Mark contact = lastContact;
    if (current == null || contact == null) {
      throw new LatchkeyException(
          Reason.UNAVAILABLE, "Nothing has arrived from the agent of the secret " + name + " yet");
    }
    refuseIfTooOld(current, clock.since(contact));
    refuseIfExpired(current.credential);
    return current.credential;
  }

  /**
   * A fresh value is as old as the silence, since the agent tells of every turn. A stale one has
   * its age from before it arrived, and no contact makes it younger.
   */
  private void refuseIfTooOld(Arrived arrived, Duration silence) {
    Credential credential = arrived.credential;
    if (silence.compareTo(credential.maxStale()) > 0) {
      throw tooOld(
          credential,
          " after the last contact with the agent, which was "
              + silence.truncatedTo(ChronoUnit.SECONDS)
              + " ago; is the agent running?");
    }
    Duration age = credential.age().plus(clock.since(arrived.at));
    if (credential.stale() && age.compareTo(credential.maxStale()) > 0) {
      throw tooOld(
          credential,
          " after the backend confirmed it, which was "
              + age.truncatedTo(ChronoUnit.SECONDS)
              + " ago; the agent has sent no fresh one");
    }
  }

  private static LatchkeyException tooOld(Credential credential, String since) {
    return new LatchkeyException(
        Reason.COPY_TOO_OLD,
        "The copy of the secret "
            + credential.name()
            + " may be served for "
            + credential.maxStale()
            + since);
  }

  private void refuseIfExpired(Credential credential) {
    credential
        .expiresAt()
        .filter(end -> !clock.now().isBefore(end))
        .ifPresent(
            end -> {
              throw new LatchkeyException(
                  Reason.LEASE_EXPIRED,
                  "The lease of the secret "
                      + credential.name()
                      + " ended at "
                      + end
                      + " and the agent has sent no successor");
            });
  }

  private Slot slot(String name) {
    Slot slot = slots.get(name);
    if (slot == null) {
      throw new IllegalArgumentException("this watch is not for the secret " + name);
    }
    return slot;
  }

  /** What a reader sees of one secret. */
  private record Seen(
      @Nullable Arrived current,
      @Nullable Credential pending,
      @Nullable LatchkeyException unavailable) {

    Seen withPending(Credential candidate) {
      return new Seen(current, candidate, unavailable);
    }

    Seen withUnavailable(@Nullable LatchkeyException why) {
      return new Seen(current, pending, why);
    }
  }

  /** A credential and when it came, from where its age counts on. */
  private record Arrived(Credential credential, Mark at) {}

  /** What is held of one secret. */
  private static final class Slot {

    private final Map<String, StateId> left = new HashMap<>();
    private @Nullable StateId held;
    private boolean reportedUnavailable;
    private volatile Seen seen = new Seen(null, null, null);

    Slot(@Nullable StateId held) {
      this.held = held;
    }

    boolean takes(StateId offered) {
      if (held == null) {
        return true;
      }
      if (!held.sameEpoch(offered)) {
        StateId newest = left.get(offered.epoch());
        return newest == null || offered.follows(newest);
      }
      boolean lacking = seen.current == null || seen.unavailable != null;
      return offered.follows(held) || (offered.equals(held) && lacking);
    }

    /** The very state held, only fresh or stale now: an agent that restarted may say so. */
    void turn(Credential same, Mark now) {
      Arrived current = seen.current;
      if (current != null
          && same.equals(current.credential)
          && same.stale() != current.credential.stale()) {
        seen = new Seen(new Arrived(same, now), seen.pending, seen.unavailable);
      }
    }

    boolean takesPending(StateId offered) {
      boolean beyondCurrent =
          held == null || (offered.sameEpoch(held) && offered.version() > held.version());
      boolean beyondPending =
          seen.pending == null
              || !offered.sameEpoch(seen.pending.state())
              || offered.follows(seen.pending.state());
      return beyondCurrent && beyondPending;
    }

    void take(Credential credential, Mark now) {
      StateId state = credential.state();
      if (held != null && !held.sameEpoch(state)) {
        if (left.size() >= REMEMBERED_EPOCHS) {
          left.clear();
        }
        left.put(held.epoch(), held);
      }
      held = state;
      reportedUnavailable = false;
      Credential candidate = seen.pending;
      boolean stillAhead =
          candidate != null
              && candidate.state().sameEpoch(state)
              && candidate.state().version() > state.version();
      seen = new Seen(new Arrived(credential, now), stillAhead ? candidate : null, null);
    }
  }
}
