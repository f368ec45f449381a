package dev.latchkey.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {

  private final LatencyHistogram histogram = new LatencyHistogram();

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 63, 64, 65, 127, 128, 1_000, 123_456, 9_876_543_210L, Long.MAX_VALUE})
  void keepsALatencyToOneSixtyFourth(long nanos) {
    histogram.record(nanos);

    assertThat(histogram.percentileMicros(50))
        .isLessThanOrEqualTo(nanos / 1e3)
        .isCloseTo(nanos / 1e3, within(nanos / 1e3 / 64));
  }

  @Test
  void findsThePercentilesOfManyLatencies() {
    for (int micros = 1; micros <= 1000; micros++) {
      histogram.record(micros * 1000L);
    }

    assertThat(histogram.count()).isEqualTo(1000);
    assertThat(histogram.percentileMicros(50)).isCloseTo(500, within(8.0));
    assertThat(histogram.percentileMicros(99)).isCloseTo(990, within(16.0));
  }

  @Test
  void saysZeroOfNothing() {
    assertThat(histogram.percentileMicros(99)).isZero();
  }
}
