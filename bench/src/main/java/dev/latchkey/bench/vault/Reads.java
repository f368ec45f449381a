package dev.latchkey.bench.vault;

import dev.latchkey.bench.load.LatencyHistogram;

/**
 * What a run of reads came to; every one was answered.
 *
 * @param hits how many were answered without waiting for the server
 * @param nanos from the first to the last answer
 */
public record Reads(long reads, long hits, long nanos, LatencyHistogram latencies) {

  /** How many of a hundred were answered without waiting for the server. */
  public double hitPercent() {
    return 100.0 * hits / reads;
  }

  /** By how many per cent fewer calls came to the server than would have without an agent. */
  public static double savedPercent(long with, long without) {
    return 100.0 * (without - with) / without;
  }

  public double seconds() {
    return nanos / 1e9;
  }
}
