package dev.latchkey.bench.load;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Draws ranks as they are asked for in the world: rank r so often as 1 / (r + 1) to the power of
 * the exponent says, counted from zero. Immutable.
 */
public final class Zipf {

  private final double[] upTo;

  public Zipf(int ranks, double exponent) {
    upTo = new double[ranks];
    double sum = 0;
    for (int rank = 0; rank < ranks; rank++) {
      sum += 1 / Math.pow(rank + 1.0, exponent);
      upTo[rank] = sum;
    }
  }

  /** Draws so many ranks. */
  public int[] draw(int count, RandomGenerator random) {
    int[] drawn = new int[count];
    for (int one = 0; one < count; one++) {
      drawn[one] = rank(random.nextDouble() * upTo[upTo.length - 1]);
    }
    return drawn;
  }

  private int rank(double point) {
    int found = Arrays.binarySearch(upTo, point);
    return Math.min(found < 0 ? -found - 1 : found + 1, upTo.length - 1);
  }
}
