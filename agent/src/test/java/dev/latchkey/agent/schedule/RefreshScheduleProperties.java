package dev.latchkey.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.secret.Lifetime;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class RefreshScheduleProperties {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Property
  void anUnleasedValueIsReadAgainWithinATenthBeforeItsPace(
      @ForAll @LongRange(min = 1, max = 1_000_000) long seconds, @ForAll long seed) {
    Duration refresh = Duration.ofSeconds(seconds);
    Duration next =
        RefreshSchedule.next(new Lifetime.Unleased(), refresh, NOW, new SplittableRandom(seed));
    assertThat(next).isBetween(refresh.multipliedBy(9).dividedBy(10), refresh);
  }

  @Property
  void aLeasedValueIsReadAgainBeforeTwoThirdsOfItsRemainingLife(
      @ForAll @LongRange(min = 1, max = 1_000_000) long life, @ForAll long seed) {
    Lifetime lease = new Lifetime.Leased(NOW, NOW.plusSeconds(life), true);
    Duration next =
        RefreshSchedule.next(lease, Duration.ofDays(10_000), NOW, new SplittableRandom(seed));
    Duration twoThirds = Duration.ofSeconds(life).multipliedBy(2).dividedBy(3);
    assertThat(next).isBetween(twoThirds.multipliedBy(9).dividedBy(10).minusNanos(1), twoThirds);
  }

  @Property
  void anEndedLeaseIsReadAgainAtOnce(@ForAll @LongRange(min = 0, max = 1_000) long ago) {
    Lifetime lease = new Lifetime.Leased(NOW.minusSeconds(5_000), NOW.minusSeconds(ago), true);
    assertThat(RefreshSchedule.next(lease, Duration.ofHours(1), NOW, new SplittableRandom(1)))
        .isEqualTo(Duration.ZERO);
  }
}
