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

  @Test
  void refusesWhatIsNoLengthOfTime() {
    for (String wrong : List.of("", "10", "s", "-5s", "PT-1S", "5 m")) {
      assertThatThrownBy(() -> durations.convert(wrong))
          .as(wrong)
          .isInstanceOf(TypeConversionException.class);
    }
  }
}
