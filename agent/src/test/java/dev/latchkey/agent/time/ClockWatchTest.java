package dev.latchkey.agent.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClockWatchTest {

  private final FakeTime time = new FakeTime();
  private final List<Duration> jumps = new ArrayList<>();

  @Test
  void tellsOfAJumpWithinItsPeriod() {
    try (ClockWatch watch = started()) {
      time.advance(Duration.ofSeconds(20));
      time.jump(Duration.ofHours(8));
      time.advance(ClockWatch.PERIOD);
      time.advance(ClockWatch.PERIOD);
    }
    assertThat(jumps).containsExactly(Duration.ofHours(8));
    assertThat(time.pending()).isZero();
  }

  @Test
  void tellsOfAClockSetBack() {
    try (ClockWatch watch = started()) {
      time.jump(Duration.ofMinutes(-1));
      time.advance(ClockWatch.PERIOD);
    }
    assertThat(jumps).containsExactly(Duration.ofMinutes(-1));
  }

  @Test
  void leavesSmallCorrectionsAlone() {
    try (ClockWatch watch = started()) {
      time.jump(ClockWatch.TOLERANCE);
      time.advance(ClockWatch.PERIOD);
    }
    assertThat(jumps).isEmpty();
  }

  private ClockWatch started() {
    ClockWatch watch = new ClockWatch(time, time);
    watch.onJump(jumps::add);
    watch.start();
    return watch;
  }
}
