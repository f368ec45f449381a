package dev.latchkey.cli.child;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.cli.child.GroupEnd.Step;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a group that another is to follow is killed, waited for, and over. */
class GroupEndTest {
  private static final long BEGIN = 1_000_000_000_000L;
  private static final Duration GRACE = Duration.ofSeconds(7);

  private final GroupEnd end = new GroupEnd(BEGIN, GRACE);

  @Test
  void aGroupThatEndsIsOver() {
    assertThat(end.at()).isEqualTo(after(GRACE));
    assertThat(end.next(BEGIN, true, false)).isEqualTo(Step.OVER);
  }

  @Test
  void whatTheProcessLeavesIsLookedAtUntilTheGraceIsOver() {
    assertThat(end.next(BEGIN, true, true)).isEqualTo(Step.WAIT);
    assertThat(end.at()).isEqualTo(after(GroupEnd.LOOK));
    assertThat(end.next(after(GRACE) - 1, true, true)).isEqualTo(Step.WAIT);
    assertThat(end.at()).isEqualTo(after(GRACE));
    assertThat(end.next(after(GRACE), true, true)).isEqualTo(Step.KILL);
  }

  /** A kill is not done when it is sent: what is on its way out still holds files and ports. */
  @Test
  void whatWasKilledIsWaitedFor() {
    assertThat(end.next(after(GRACE), true, true)).isEqualTo(Step.KILL);
    long later = after(GRACE.plusSeconds(1));
    assertThat(end.next(later, true, true)).isEqualTo(Step.WAIT);
    assertThat(end.at()).isEqualTo(later + GroupEnd.LOOK.toNanos());
    assertThat(end.next(later, true, false)).isEqualTo(Step.OVER);
  }

  @Test
  void whatNotEvenAKillEndsIsLeftAloneInTheEndButNotTheProcessItself() {
    assertThat(end.next(after(GRACE), false, false)).isEqualTo(Step.KILL);
    long late = after(GRACE.plus(GroupEnd.AFTER_KILL));
    assertThat(end.next(late, false, false)).isEqualTo(Step.WAIT);
    assertThat(end.at()).isGreaterThan(late);
    assertThat(end.next(end.at(), true, true)).isEqualTo(Step.OVER);
  }

  /** Nobody ends who is stopped, as by the key of a terminal. */
  @Test
  void theTimeThatItIsStoppedIsNoneOfTheGrace() {
    long stoppedAt = after(GRACE.minusSeconds(2));
    end.stopped(stoppedAt);
    end.stopped(stoppedAt + 1);
    assertThat(end.at()).isGreaterThan(after(GRACE.plusHours(1)));
    assertThat(end.next(after(GRACE), false, false)).isEqualTo(Step.WAIT);
    long continuedAt = after(GRACE.plusHours(1));
    end.continued(continuedAt);
    end.continued(continuedAt + 1);
    assertThat(end.at()).isEqualTo(continuedAt + Duration.ofSeconds(2).toNanos());
    assertThat(end.next(end.at() - 1, false, false)).isEqualTo(Step.WAIT);
    assertThat(end.next(end.at(), false, false)).isEqualTo(Step.KILL);
  }

  private static long after(Duration time) {
    return BEGIN + time.toNanos();
  }
}
