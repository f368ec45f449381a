package dev.latchkey.agent.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.Agenda.Act;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AgendaTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration QUIET = Duration.ofMillis(500);
  private static final Duration SETTLE = Duration.ofSeconds(10);

  private final FakeTime time = new FakeTime();
  private final Agenda agenda = new Agenda(time, new Delivery.Pace(QUIET, SETTLE));

  private void assertNext(Act act, Duration in) {
    assertThat(agenda.next()).contains(new Agenda.Step(act, in.toNanos()));
  }

  private void assertNothing() {
    assertThat(agenda.next()).isEmpty();
  }

  private void written(boolean reload) {
    agenda.changedAtStart();
    agenda.written(reload);
  }

  private void begins() {
    agenda.reloadAsked();
    agenda.reloadBegins();
  }

  @Test
  void withoutNewsThereIsNothingToDo() {
    assertNothing();
  }

  @Test
  void theStartWaitsForNothing() {
    agenda.changedAtStart();
    assertNext(Act.WRITE, Duration.ZERO);
  }

  @Test
  void aReloadComesAfterItsWriteAndThenItSettles() {
    written(true);
    assertNext(Act.RELOAD, Duration.ZERO);
    begins();
    assertNothing();
    time.advance(SECOND);
    agenda.told();
    assertNothing();
    agenda.changed();
    assertNext(Act.WRITE, SETTLE);
  }

  @Test
  void nothingIsSwappedWhileAReloadIsUnderWayHoweverLongThatTakes() {
    written(true);
    begins();
    agenda.changed();
    time.advance(Duration.ofHours(1));
    assertNothing();
    agenda.told();
    assertNext(Act.WRITE, SETTLE);
  }

  @Test
  void whileTheValuesAreReadNothingElseIsWrittenButARevocationIsTold() {
    agenda.changedAtStart();
    agenda.readBegins();
    assertNothing();
    agenda.changed();
    assertNothing();
    agenda.takenBack(true);
    assertNext(Act.RELOAD, Duration.ZERO);
    begins();
    agenda.readEnds();
    assertThat(agenda.maySwap()).isFalse();
    agenda.told();
    assertThat(agenda.maySwap()).as("it settles").isFalse();
    assertNext(Act.WRITE, SETTLE);
    time.advance(SETTLE);
    assertThat(agenda.maySwap()).isTrue();
  }

  @Test
  void newsOfTheReadItselfIsWrittenWithItSoThatLaterNewsIsJoinedAnew() {
    agenda.changedAtStart();
    agenda.readBegins();
    agenda.changed();
    agenda.readEnds();
    agenda.written(false);
    time.advance(Duration.ofDays(7));
    agenda.changed();
    assertNext(Act.WRITE, QUIET);
    time.advance(Duration.ofMillis(200));
    agenda.changed();
    assertNext(Act.WRITE, QUIET);
  }

  private void failsToWrite(Duration again) {
    agenda.readBegins();
    agenda.readEnds();
    agenda.notWritten(again);
  }

  @Test
  void newsAfterAFailureIsJoinedWithWhatComesSoonAfterIt() {
    agenda.changed();
    time.advance(QUIET);
    failsToWrite(Duration.ofMinutes(1));
    time.advance(SECOND.multipliedBy(30));
    agenda.changed();
    assertNext(Act.WRITE, QUIET);
    time.advance(Duration.ofMillis(200));
    agenda.changed();
    assertNext(Act.WRITE, QUIET);
    time.advance(QUIET);
    failsToWrite(SECOND);
    assertNext(Act.WRITE, SECOND);
  }

  @Test
  void newsThatComesOnAndOnWhileAWriteFailsIsWaitedForNoLongerThanBefore() {
    agenda.changed();
    time.advance(QUIET);
    failsToWrite(Duration.ofMinutes(1));
    for (int i = 0; i < 5; i++) {
      agenda.changed();
      time.advance(Duration.ofMillis(400));
    }
    assertNext(Act.WRITE, Duration.ZERO);
  }

  @Test
  void aFailedReloadIsTriedAgainWhileAChangeWaitsLongForIt() {
    Duration hour = Duration.ofHours(1);
    Agenda slow = new Agenda(time, new Delivery.Pace(Duration.ZERO, hour));
    slow.changedAtStart();
    slow.written(true);
    slow.reloadAsked();
    slow.reloadBegins();
    slow.notTold(SECOND);
    slow.changed();
    int reloads = 0;
    while (slow.next().orElseThrow().act() == Act.RELOAD) {
      time.advance(Duration.ofNanos(Math.max(slow.next().orElseThrow().nanos(), 0)));
      slow.reloadAsked();
      slow.reloadBegins();
      slow.notTold(Duration.ofMinutes(1));
      reloads++;
    }
    assertThat(reloads).isBetween(58, 60);
    long wait = slow.next().orElseThrow().nanos();
    assertThat(wait)
        .as("the last one is given time to end")
        .isGreaterThanOrEqualTo(Agenda.LOOKED_FOR.toNanos());
    assertThat(time.nanoTime() + wait)
        .as("and the change comes in time")
        .isLessThanOrEqualTo(hour.plusSeconds(2).toNanos());
  }

  @Test
  void aReloadThatAtLastToldSettlesForAsLongAsWasAskedFor() {
    Duration hour = Duration.ofHours(1);
    Agenda slow = new Agenda(time, new Delivery.Pace(Duration.ZERO, hour));
    slow.changedAtStart();
    slow.written(true);
    slow.reloadAsked();
    slow.reloadBegins();
    slow.notTold(SECOND);
    slow.changed();
    time.advance(Duration.ofMinutes(10));
    slow.reloadAsked();
    slow.reloadBegins();
    slow.told();
    assertThat(slow.next()).contains(new Agenda.Step(Act.WRITE, hour.toNanos()));
  }

  @Test
  void aReloadThatQueuesKeepsNoChangeWaitingAndTellsOfIt() {
    written(true);
    agenda.reloadAsked();
    assertNothing();
    agenda.changedAtStart();
    assertNext(Act.WRITE, Duration.ZERO);
    agenda.written(true);
    assertNothing();
    agenda.reloadBegins();
    agenda.changedAtStart();
    assertNothing();
    agenda.told();
    assertThat(agenda.reloadWaits()).isFalse();
    assertNext(Act.WRITE, SETTLE);
  }

  @Test
  void aReloadThatCouldNotBeginIsAskedForAgainAtOnce() {
    written(true);
    agenda.reloadAsked();
    agenda.reloadNotBegun();
    assertNext(Act.RELOAD, Duration.ZERO);
  }

  @Test
  void aReloadWaitsForAChangeThatWillTellOfBoth() {
    written(true);
    begins();
    agenda.notTold(SECOND);
    agenda.changed();
    assertNext(Act.WRITE, SETTLE);
  }

  @Test
  void aChangeThatCannotBeWrittenLetsTheReloadPass() {
    written(true);
    agenda.changed();
    agenda.notWritten(SECOND.multipliedBy(3));
    assertNext(Act.RELOAD, Duration.ZERO);
  }

  @Test
  void neitherAFailingWriteNorAFailingReloadStarvesTheOther() {
    written(true);
    agenda.changed();
    int writes = 0;
    int reloads = 0;
    for (int i = 0; i < 200; i++) {
      Agenda.Step step = agenda.next().orElseThrow();
      time.advance(Duration.ofNanos(Math.max(step.nanos(), 0)));
      if (step.act() == Act.WRITE) {
        writes++;
        agenda.notWritten(SECOND);
      } else {
        reloads++;
        begins();
        agenda.notTold(SECOND);
      }
    }
    assertThat(writes).isBetween(60, 140);
    assertThat(reloads).isBetween(60, 140);
  }

  @Test
  void whatIsTakenBackIsToldAlthoughAWriteWaits() {
    agenda.changed();
    agenda.takenBack(true);
    assertNext(Act.RELOAD, Duration.ZERO);
  }

  @Test
  void whatIsTakenBackDuringAReloadIsToldByAnother() {
    written(true);
    begins();
    agenda.takenBack(true);
    assertThat(agenda.reloadWaits()).isTrue();
    agenda.told();
    assertThat(agenda.reloadWaits()).isTrue();
    assertNext(Act.RELOAD, Duration.ZERO);
  }

  @Test
  void somebodyWhoIsNotThereIsLookedForHalfAMinuteAndNotForEver() {
    written(true);
    int looks = 0;
    while (agenda.next().isPresent()) {
      time.advance(Duration.ofNanos(agenda.next().get().nanos()));
      begins();
      agenda.nobody();
      looks++;
    }
    assertThat(looks).isEqualTo(31);
    assertThat(agenda.reloadWaits()).isFalse();
    written(true);
    begins();
    agenda.nobody();
    assertThat(agenda.reloadWaits()).as("another change, another look").isTrue();
  }

  @Test
  void nobodyToTellNeedsNoTimeToSettle() {
    written(true);
    begins();
    agenda.nobody();
    agenda.changedAtStart();
    assertNext(Act.WRITE, Duration.ZERO);
  }

  @Test
  void whatCouldNotBeKeptIsKeptLaterAndTellsNobodyAgain() {
    agenda.notSaved(SECOND);
    assertNext(Act.SAVE, SECOND);
    agenda.saved();
    assertNothing();
  }
}
