package dev.latchkey.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.schedule.RenewalSchedule.Step;
import dev.latchkey.agent.schedule.RenewalSchedule.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class RenewalScheduleProperties {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Terms terms(Duration life, Duration left, boolean extensible, Duration overlap) {
    return new Terms(NOW, NOW.plus(left), Optional.empty(), life, extensible, overlap);
  }

  @Property
  void aRenewalLeavesTheOverlapShouldItExtendNothing(
      @ForAll @LongRange(min = 20, max = 31_536_000) long life,
      @ForAll @LongRange(max = 3600) long overlap,
      @ForAll long seed) {
    Duration whole = Duration.ofSeconds(life);
    Duration beside = Duration.ofSeconds(overlap);
    Step step = RenewalSchedule.next(terms(whole, whole, true, beside), new SplittableRandom(seed));
    assertThat(step).isInstanceOf(Step.Renew.class);
    assertThat(step.at()).isBetween(NOW, NOW.plus(whole.multipliedBy(2).dividedBy(3)));
    if (!RenewalSchedule.isTooShort(whole, beside)) {
      assertThat(step.at().plus(beside)).isBefore(NOW.plus(whole));
    }
  }

  @Property
  void whatIsNotExtensibleHasItsSuccessorBeforeTheOverlap(
      @ForAll @LongRange(min = 20, max = 31_536_000) long life,
      @ForAll @LongRange(max = 3600) long overlap,
      @ForAll long seed) {
    Duration whole = Duration.ofSeconds(life);
    Duration beside = Duration.ofSeconds(overlap);
    Step step =
        RenewalSchedule.next(terms(whole, whole, false, beside), new SplittableRandom(seed));
    assertThat(step).isInstanceOf(Step.Replace.class);
    boolean tooShort = RenewalSchedule.isTooShort(whole, beside);
    assertThat(step.at())
        .isBetween(NOW, tooShort ? NOW.plus(whole) : NOW.plus(whole).minus(beside));
  }

  @Property
  void theEndOfTheTokenComesFirst(
      @ForAll @LongRange(min = 120, max = 86_400) long life,
      @ForAll @LongRange(min = 40, max = 86_400) long tokenLeft,
      @ForAll long seed) {
    Terms terms =
        new Terms(
            NOW,
            NOW.plusSeconds(life),
            Optional.of(NOW.plusSeconds(tokenLeft)),
            Duration.ofSeconds(life),
            true,
            Duration.ofSeconds(20));
    Step step = RenewalSchedule.next(terms, new SplittableRandom(seed));
    assertThat(step.at()).isBeforeOrEqualTo(NOW.plusSeconds(tokenLeft - 20));
  }
}
