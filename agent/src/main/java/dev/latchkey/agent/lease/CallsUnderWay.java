package dev.latchkey.agent.lease;

import dev.latchkey.agent.time.TimeSource;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The calls of this process that may bring a lease, by where they ask. A call may take longer than
 * the manager's limit for one, since it waits for a place, logs in and looks the mount up before.
 * Safe for use by several threads.
 */
public final class CallsUnderWay {

  private record Place(String backend, String path) {

    static Place of(Lease row) {
      return new Place(row.backend(), row.path());
    }
  }

  private record Calls(int running, Instant endedAt) {

    static final Calls NONE = new Calls(0, Instant.MIN);

    Calls begun() {
      return new Calls(running + 1, endedAt);
    }

    Calls ended(Instant now) {
      return new Calls(running - 1, now.isAfter(endedAt) ? now : endedAt);
    }
  }

  private final ConcurrentHashMap<Place, Calls> byPlace = new ConcurrentHashMap<>();
  private final TimeSource time;

  CallsUnderWay(TimeSource time) {
    this.time = time;
  }

  /** Makes the call that {@code intent} is for. */
  <T> T during(Lease intent, Supplier<T> call) {
    Place place = Place.of(intent);
    byPlace.merge(place, Calls.NONE.begun(), (calls, one) -> calls.begun());
    try {
      return call.get();
    } finally {
      byPlace.computeIfPresent(place, (same, calls) -> calls.ended(time.now()));
    }
  }

  /** Until when a call to the place of {@code intent} asked: now, where one still does. */
  Instant askedUntil(Lease intent) {
    Calls calls = byPlace.getOrDefault(Place.of(intent), Calls.NONE);
    return calls.running() > 0 ? time.now() : calls.endedAt();
  }
}
