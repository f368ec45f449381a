package dev.latchkey.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {

  @Test
  void takesTheSmallestSampleThatEnoughSamplesDoNotExceed() {
    List<Double> hundred = DoubleStream.iterate(100, ms -> ms >= 1, ms -> ms - 1).boxed().toList();

    assertThat(Percentiles.of(hundred)).isEqualTo(new Percentiles(50, 99, 100));
  }

  @Test
  void ofOneSampleAreThatSample() {
    assertThat(Percentiles.of(List.of(7.5))).isEqualTo(new Percentiles(7.5, 7.5, 1));
  }

  @Test
  void ofTwentySamplesTheNinetyNinthIsTheGreatest() {
    List<Double> twenty = DoubleStream.iterate(1, ms -> ms <= 20, ms -> ms + 1).boxed().toList();

    assertThat(Percentiles.of(twenty)).isEqualTo(new Percentiles(10, 20, 20));
  }

  @Test
  void ofNothingAreZeroWithACountThatSaysSo() {
    assertThat(Percentiles.of(List.of())).isEqualTo(new Percentiles(0, 0, 0));
  }
}
