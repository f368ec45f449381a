package dev.latchkey.cli.child;

import java.time.Duration;

/**
 * The end of a group that another is to follow: it was asked to end, is killed after the grace, and
 * is waited for until nobody of it is left, who would be in the way. Used by one thread; instants
 * are of {@code System.nanoTime}.
 */
final class GroupEnd {
  /** What is to be done. */
  enum Step {
    /** Nothing yet. */
    WAIT,
    /** Kill what is left of the group. */
    KILL,
    /** Nothing more: it is over. */
    OVER
  }

  /** After this what not even a kill ends, as in a call of a lost file system, is left alone. */
  static final Duration AFTER_KILL = Duration.ofSeconds(10);

  static final Duration LOOK = Duration.ofMillis(50);
  private static final long NEVER = Long.MAX_VALUE;

  private long limitAt;
  private long lookAt = NEVER;
  private boolean killed;
  private boolean stopped;
  private long stoppedAt;

  GroupEnd(long now, Duration grace) {
    limitAt = now + grace.toNanos();
  }

  /** When to ask for the next step, unless the process that was begun ends before that. */
  long at() {
    return stopped ? lookAt : Math.min(limitAt, lookAt);
  }

  /** The group can do nothing from now on: that is no time of its grace. */
  void stopped(long now) {
    if (!stopped) {
      stopped = true;
      stoppedAt = now;
    }
  }

  /** It goes on, with the grace that was left to it. */
  void continued(long now) {
    if (stopped) {
      stopped = false;
      limitAt += now - stoppedAt;
    }
  }

  /**
   * The next step.
   *
   * @param ended whether the process that was begun has ended
   * @param others whether others of its group have not
   */
  Step next(long now, boolean ended, boolean others) {
    if (ended && !others) {
      return Step.OVER;
    }
    lookAt = ended ? now + LOOK.toNanos() : NEVER;
    if (stopped || now < limitAt) {
      return Step.WAIT;
    }
    if (!killed) {
      killed = true;
      limitAt = now + AFTER_KILL.toNanos();
      return Step.KILL;
    }
    limitAt = now + LOOK.toNanos();
    return ended ? Step.OVER : Step.WAIT;
  }
}
