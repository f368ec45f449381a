package dev.latchkey.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.bench.load.LatencyHistogram;
import dev.latchkey.bench.vault.Reads;
import java.util.List;
import org.junit.jupiter.api.Test;

class VaultReadsTest {

  private static final VaultReads.Size SIZE = VaultReads.Size.FULL;

  @Test
  void isAsManyReadsAndAsLongAsWasAskedFor() {
    assertThat(SIZE.secrets()).isEqualTo(1000);
    assertThat(SIZE.reads()).isEqualTo(200_000);
    assertThat(SIZE.seconds()).isGreaterThanOrEqualTo(60);
    assertThat(SIZE.refreshSeconds()).isEqualTo(30);
  }

  @Test
  void holdsBothBoundsJustAtThem() {
    assertThat(figures(198_000, 10_000)).allMatch(Figure::held);
  }

  @Test
  void missesTheBoundOfHitsByOneRead() {
    List<Figure> figures = figures(197_999, 10_000);

    assertThat(figures.get(0).held()).isFalse();
    assertThat(figures.get(1).held()).isTrue();
  }

  @Test
  void missesTheBoundOfSavedCallsByOneCall() {
    List<Figure> figures = figures(198_000, 10_001);

    assertThat(figures.get(0).held()).isTrue();
    assertThat(figures.get(1).held()).isFalse();
    assertThat(figures.get(1).samples()).isEqualTo("10,001 calls instead of 200,000");
  }

  private static List<Figure> figures(long hits, long requests) {
    return VaultReads.figures(SIZE, reads(hits), requests, reads(0));
  }

  private static Reads reads(long hits) {
    return new Reads(SIZE.reads(), hits, 65_000_000_000L, new LatencyHistogram());
  }
}
