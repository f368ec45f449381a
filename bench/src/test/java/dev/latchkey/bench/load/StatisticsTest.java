package dev.latchkey.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {

  @Test
  void takesTheMiddleOfAnOddNumber() {
    assertThat(Statistics.median(List.of(9.0, 1.0, 5.0))).isEqualTo(5);
  }

  @Test
  void takesTheMeanOfTheTwoInTheMiddle() {
    assertThat(Statistics.median(List.of(4.0, 1.0, 2.0, 9.0))).isEqualTo(3);
  }

  @Test
  void takesTheSampleOfAPercentile() {
    assertThat(Statistics.percentile(List.of(3.0, 1.0, 2.0, 4.0), 50)).isEqualTo(2);
    assertThat(Statistics.percentile(List.of(3.0, 1.0, 2.0, 4.0), 99)).isEqualTo(4);
  }

  @Test
  void isNoNumberOfNoSamples() {
    assertThat(Statistics.median(List.of())).isNaN();
    assertThat(Statistics.percentile(List.of(), 50)).isNaN();
  }
}
