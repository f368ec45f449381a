package dev.latchkey.agent.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class RotationScheduleTest {

  private static final Duration DAY = Duration.ofDays(1);

  @Property
  void comesUpToATenthBeforeTheIntervalIsOver(
      @ForAll @LongRange(min = 0, max = 4_000_000_000L) long at) {
    Instant published = Instant.ofEpochSecond(at);
    Instant next = RotationSchedule.next(new SecretName("orders-db"), published, DAY, List.of());

    assertThat(next).isBetween(published.plus(Duration.ofMinutes(1296)), published.plus(DAY));
  }

  @Test
  void twoSecretsPublishedTogetherDoNotComeDueTogether() {
    Instant published = Instant.parse("2026-01-01T00:00:00Z");

    assertThat(RotationSchedule.next(new SecretName("orders-db"), published, DAY, List.of()))
        .isNotEqualTo(
            RotationSchedule.next(new SecretName("billing-db"), published, DAY, List.of()))
        .isEqualTo(RotationSchedule.next(new SecretName("orders-db"), published, DAY, List.of()));
  }
}
