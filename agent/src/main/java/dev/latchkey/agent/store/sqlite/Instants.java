package dev.latchkey.agent.store.sqlite;

import java.time.Instant;

/**
 * Instants as the store keeps them: nanoseconds since 1970; what lies beyond 1677 or 2262 is cut.
 */
final class Instants {

  private static final long BILLION = 1_000_000_000L;
  private static final Instant LAST = ofNanos(Long.MAX_VALUE);
  private static final Instant FIRST = ofNanos(Long.MIN_VALUE + BILLION);

  private Instants() {}

  static long toNanos(Instant instant) {
    Instant kept = instant.isAfter(LAST) ? LAST : instant.isBefore(FIRST) ? FIRST : instant;
    return kept.getEpochSecond() * BILLION + kept.getNano();
  }

  static Instant ofNanos(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, BILLION), Math.floorMod(nanos, BILLION));
  }
}
