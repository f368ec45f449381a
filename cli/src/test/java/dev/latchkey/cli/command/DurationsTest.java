package dev.latchkey.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

/** Lengths of time are read as the configuration writes them. */
class DurationsTest {
  private final Durations durations = new Durations();

  @Test
  void readsEveryUnitAndIso() {
    assertThat(durations.convert("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(durations.convert("10s")).isEqualTo(Duration.ofSeconds(10));
    assertThat(durations.convert("5m")).isEqualTo(Duration.ofMinutes(5));
    assertThat(durations.convert("24h")).isEqualTo(Duration.ofDays(1));
    assertThat(durations.convert("7d")).isEqualTo(Duration.ofDays(7));
    assertThat(durations.convert("PT1M30S")).isEqualTo(Duration.ofSeconds(90));
  }

  /** They are counted in nanoseconds, from an origin of the machine's own. */
  @Test
  void refusesWhatNoClockCanCount() {
    assertThat(durations.convert("36500d").plusDays(36_500).toNanos()).isPositive();
    for (String wrong : List.of("36501d", "200000d", "999999999h", "P300Y", "PT9999999H")) {
      assertThatThrownBy(() -> durations.convert(wrong))
          .as(wrong)
          .isInstanceOf(TypeConversionException.class);
    }
    assertThatThrownBy(() -> durations.convert("200000d"))
        .hasMessage("'200000d' is longer than 36500d, which is the most");
  }

  @Test
  void refusesWhatIsNoLengthOfTime() {
    for (String wrong : List.of("", "10", "s", "-5s", "PT-1S", "5 m")) {
      assertThatThrownBy(() -> durations.convert(wrong))
          .as(wrong)
          .isInstanceOf(TypeConversionException.class);
    }
  }
}
