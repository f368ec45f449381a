package dev.latchkey.demo.report;

import java.util.Collection;

/**
 * The distribution of some lengths of time, in milliseconds; zero where there was no sample. A
 * percentile is the smallest sample that at least so many per cent of the samples do not exceed.
 */
public record Percentiles(double p50, double p99, int count) {

  /** Of the given samples, in any order. */
  public static Percentiles of(Collection<Double> milliseconds) {
    double[] sorted = milliseconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return new Percentiles(at(sorted, 50), at(sorted, 99), sorted.length);
  }

  private static double at(double[] sorted, int percent) {
    if (sorted.length == 0) {
      return 0;
    }
    int rank = (int) Math.ceil(percent / 100.0 * sorted.length);
    return sorted[Math.max(0, rank - 1)];
  }
}
