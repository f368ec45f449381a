package dev.latchkey.agent.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A machine that has been up for a day, whose clock is set. */
class ClockEpochsTest {

  private static final Duration BEFORE = Duration.ofDays(1);

  private final FakeTime time = new FakeTime();
  private final ClockEpochs clock =
      new ClockEpochs(time::now, () -> BEFORE.plusNanos(time.nanoTime()));

  private Duration up() {
    return BEFORE.plusNanos(time.nanoTime());
  }

  @Test
  void withoutAStepAFileIsAfterWhatBeganBeforeIt() {
    Instant written = time.now();
    assertThat(clock.isAfter(up().minusHours(1), written)).isTrue();
    assertThat(clock.isAfter(up().plusSeconds(2), written)).as("within the slack").isTrue();
    time.advance(Duration.ofHours(1));
    assertThat(clock.isAfter(up().minusMinutes(59), written)).isFalse();
  }

  @Test
  void aFileOfAnEarlierEpochIsHeldAgainstThatEpoch() {
    for (Duration step : new Duration[] {Duration.ofDays(20_000), Duration.ofDays(-20_000)}) {
      Duration began = up();
      time.advance(Duration.ofMinutes(1));
      Instant written = time.now();
      time.advance(Duration.ofMinutes(1));
      time.jump(step);
      assertThat(clock.isAfter(began, written)).as("after %s", step).isTrue();
      assertThat(clock.isAfter(began.plusSeconds(90), written)).as("began later").isFalse();
      assertThat(clock.isAfter(began, time.now())).as("of this epoch").isTrue();
    }
  }

  @Test
  void aTimeBetweenTwoEpochsIsOfNeither() {
    Duration began = up();
    time.advance(Duration.ofMinutes(1));
    time.jump(Duration.ofDays(10));
    assertThat(clock.isAfter(began, time.now().minus(Duration.ofDays(5)))).isFalse();
  }

  @Test
  void aTimeThatHasNotComeShowsNothing() {
    assertThat(clock.isAfter(up(), time.now().plus(Duration.ofDays(5)))).isFalse();
  }

  @Test
  void aFileOfTheLastBootIsNotAfterWhatBeganBeforeTheClockWasRight() {
    Instant lastBoot = time.now().plus(Duration.ofDays(20_000));
    Duration began = up();
    time.advance(Duration.ofMinutes(1));
    assertThat(clock.isAfter(began, lastBoot)).as("while the clock is wrong").isFalse();
    time.jump(Duration.ofDays(20_001));
    assertThat(clock.isAfter(began, lastBoot)).as("once it is right").isFalse();
    assertThat(clock.isAfter(began, time.now())).isTrue();
  }

  @Test
  void manySmallStepsAreAStep() {
    Duration began = up();
    Instant written = time.now();
    for (int step = 0; step < 100; step++) {
      time.jump(Duration.ofMillis(100));
      clock.look();
    }
    assertThat(clock.isAfter(began, written)).isTrue();
  }
}
