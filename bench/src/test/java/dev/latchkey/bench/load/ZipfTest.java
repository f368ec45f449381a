package dev.latchkey.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ZipfTest {

  private static final int DRAWN = 200_000;

  @Test
  void drawsEachRankAsOftenAsItsShare() {
    int[] drawn = new Zipf(1000, 0.99).draw(DRAWN, new SplittableRandom(1));

    double sum = 0;
    for (int rank = 1; rank <= 1000; rank++) {
      sum += Math.pow(rank, -0.99);
    }
    for (int rank : new int[] {0, 1, 9, 99}) {
      double share = Math.pow(rank + 1, -0.99) / sum;
      assertThat(count(drawn, rank) / DRAWN).isCloseTo(share, within(0.05 * share + 0.0005));
    }
    assertThat(Arrays.stream(drawn).distinct().count()).isGreaterThan(990);
    assertThat(Arrays.stream(drawn)).allMatch(rank -> rank >= 0 && rank < 1000);
  }

  @Test
  void drawsTheSameOfTheSameSeed() {
    Zipf zipf = new Zipf(10, 1);

    assertThat(zipf.draw(100, new SplittableRandom(7)))
        .isEqualTo(zipf.draw(100, new SplittableRandom(7)));
  }

  @Test
  void ofOneRankDrawsThatOne() {
    assertThat(new Zipf(1, 0.99).draw(10, new SplittableRandom(1))).containsOnly(0);
  }

  private static double count(int[] drawn, int rank) {
    return Arrays.stream(drawn).filter(one -> one == rank).count();
  }
}
