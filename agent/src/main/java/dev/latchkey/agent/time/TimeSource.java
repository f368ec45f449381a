package dev.latchkey.agent.time;

import java.time.Instant;

/** The only clock. Safe for use by several threads. */
public interface TimeSource {

  /** The wall clock; may jump. */
  Instant now();

  /** Nanoseconds of a clock that never goes back, for lengths of time only. */
  long nanoTime();

  /** The clock of the machine. */
  static TimeSource system() {
    return new TimeSource() {
      @Override
      public Instant now() {
        return Instant.now();
      }

      @Override
      public long nanoTime() {
        return System.nanoTime();
      }
    };
  }
}
