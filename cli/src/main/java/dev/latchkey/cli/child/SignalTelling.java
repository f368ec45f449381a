package dev.latchkey.cli.child;

import java.time.Duration;

/**
 * Tells a child of changes by a signal. A command that is only beginning would be ended by one that
 * it is to take later: it is sent once the command takes it. Used by one thread.
 */
final class SignalTelling {
  private static final Duration SHORTEST = Duration.ofMillis(50);
  private static final Duration LONGEST = Duration.ofSeconds(1);

  private final int signal;
  private Duration pause = SHORTEST;

  SignalTelling(int signal) {
    this.signal = signal;
  }

  /** Tells the child of all that is new, or puts that off. */
  void tell(Child child, Changes changes, Remarks remarks) {
    if (!Signals.ends(signal) && !Reception.takes(child.process(), signal)) {
      remarks.sayOnce(
          "as far as the system shows, the command takes no "
              + Signals.name(signal)
              + " yet; it is sent once it does");
      changes.putOff(pause);
      pause = pause.compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : pause;
      return;
    }
    pause = SHORTEST;
    changes.deliver();
    child.signal(signal);
  }
}
