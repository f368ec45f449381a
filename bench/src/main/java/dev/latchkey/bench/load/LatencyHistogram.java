package dev.latchkey.bench.load;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts latencies in buckets that are at most one sixty-fourth of their value wide. Safe for use
 * by several threads.
 */
public final class LatencyHistogram {

  private static final int PRECISION_BITS = 6;
  private static final int SUB_BUCKETS = 1 << PRECISION_BITS;

  private final AtomicLongArray counts = new AtomicLongArray(Long.SIZE * SUB_BUCKETS);

  /** Adds one latency. */
  public void record(long nanos) {
    counts.incrementAndGet(index(Math.max(nanos, 0)));
  }

  /** How many latencies were added. */
  public long count() {
    long sum = 0;
    for (int bucket = 0; bucket < counts.length(); bucket++) {
      sum += counts.get(bucket);
    }
    return sum;
  }

  /**
   * The lower end of the bucket that the latency of this rank falls into, in microseconds; zero
   * when nothing was added.
   */
  public double percentileMicros(double percent) {
    long rank = (long) Math.ceil(percent / 100 * count());
    long seen = 0;
    for (int bucket = 0; bucket < counts.length(); bucket++) {
      seen += counts.get(bucket);
      if (seen >= Math.max(rank, 1)) {
        return lowerEnd(bucket) / 1e3;
      }
    }
    return 0;
  }

  /** Small values have a bucket each; above, the highest bits of a value and its length name it. */
  private static int index(long nanos) {
    if (nanos < SUB_BUCKETS) {
      return (int) nanos;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - PRECISION_BITS;
    return (shift + 1) * SUB_BUCKETS + (int) ((nanos >>> shift) - SUB_BUCKETS);
  }

  private static long lowerEnd(int bucket) {
    if (bucket < SUB_BUCKETS) {
      return bucket;
    }
    int shift = bucket / SUB_BUCKETS - 1;
    return (long) (bucket % SUB_BUCKETS + SUB_BUCKETS) << shift;
  }
}
