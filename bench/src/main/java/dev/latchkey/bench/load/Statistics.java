package dev.latchkey.bench.load;

import java.util.Collection;

/** Figures about a few samples; a percentile is the smallest sample that enough do not exceed. */
public final class Statistics {

  private Statistics() {}

  /** The middle sample, or the mean of the two in the middle; NaN of none. */
  public static double median(Collection<Double> samples) {
    double[] sorted = sorted(samples);
    if (sorted.length == 0) {
      return Double.NaN;
    }
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The sample of a percentile; NaN of none. */
  public static double percentile(Collection<Double> samples, double percent) {
    double[] sorted = sorted(samples);
    if (sorted.length == 0) {
      return Double.NaN;
    }
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.max(rank, 1) - 1];
  }

  private static double[] sorted(Collection<Double> samples) {
    return samples.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }
}
