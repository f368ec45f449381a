package dev.latchkey.cli.child;

import java.time.Duration;

/**
 * Whether this process was asked to end: nothing is begun again then. A command may make something
 * else of an interrupt, as one that reads lines. One that outlives it for the grace goes on, and
 * needs changes to be followed. Used by one thread; instants are of {@code System.nanoTime}.
 */
final class EndRequest {
  private static final Duration NONE = Duration.ZERO;
  private static final int CODE_INTERRUPTED = 128 + Signals.INT;

  private final Duration grace;
  private boolean lasting;
  private boolean interrupted;
  private long interruptedAt;

  EndRequest(Duration grace) {
    this.grace = grace;
  }

  /**
   * This process was sent a signal.
   *
   * @param restarting whether the command is to end anyway: it shows nothing then by going on
   */
  void signalled(int signal, boolean restarting, long now) {
    if (signal == Signals.TERM || (signal == Signals.INT && restarting)) {
      lasting = true;
    } else if (signal == Signals.INT) {
      interrupted = true;
      interruptedAt = now;
    }
  }

  /**
   * Whether that was the end. The key that interrupts speaks to a command in front alone, and means
   * the end all the same.
   */
  boolean isMet(int code, boolean inFront, long now) {
    return stands(now) || (inFront && code == CODE_INTERRUPTED);
  }

  /** Whether the end is asked for. */
  boolean stands(long now) {
    return lasting || !rest(now).equals(NONE);
  }

  /** Whether it is for good. */
  boolean isLasting() {
    return lasting;
  }

  /** For how much longer the command may end by an interrupt. */
  Duration rest(long now) {
    Duration rest = interrupted ? grace.minusNanos(now - interruptedAt) : NONE;
    return rest.isPositive() ? rest : NONE;
  }
}
