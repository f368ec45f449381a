package dev.latchkey.agent.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(30));

  @Test
  void doublesItsBoundUpToTheCap() {
    assertThat(backoff.bound(1)).isEqualTo(Duration.ofMillis(100));
    assertThat(backoff.bound(2)).isEqualTo(Duration.ofMillis(200));
    assertThat(backoff.bound(9)).isEqualTo(Duration.ofMillis(25_600));
    assertThat(backoff.bound(10)).isEqualTo(Duration.ofSeconds(30));
  }

  @Property
  void staysBetweenZeroAndItsBound(@ForAll @IntRange(min = -5) int attempt, @ForAll long seed) {
    Backoff wide = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(30));
    Duration delay = wide.delay(attempt, new SplittableRandom(seed));
    assertThat(delay).isBetween(Duration.ZERO, wide.bound(attempt));
  }
}
