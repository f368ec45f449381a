package dev.latchkey.demo;

import java.time.Duration;

/**
 * What the demo is asked to do.
 *
 * @param backend where the application's credential comes from
 * @param rotations how many rotations there are at least
 * @param duration how long the load runs at least
 * @param threads how many threads of the application run transactions
 * @param pool how many connections they share
 * @param json true to print one JSON object on standard output and everything else on standard
 *     error
 * @param swap false for the control run, whose pool keeps its first credential and must fail
 * @param keep true to leave the temporary directory in place
 */
public record DemoOptions(
    BackendChoice backend,
    int rotations,
    Duration duration,
    int threads,
    int pool,
    boolean json,
    boolean swap,
    boolean keep) {

  private static final int MAX_THREADS = 200;

  public DemoOptions {
    require(rotations >= 1, "--rotations must be at least 1");
    require(!duration.isNegative(), "--duration must not be negative");
    require(threads >= 1 && threads <= MAX_THREADS, "--threads must be from 1 to " + MAX_THREADS);
    require(
        pool >= 1 && pool <= threads,
        "--pool must be from 1 to the number of threads, or some connections would never be used");
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
