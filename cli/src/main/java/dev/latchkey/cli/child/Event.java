package dev.latchkey.cli.child;

/** What a supervisor is told of, by its own threads and by others. */
sealed interface Event {
  /** The process that was begun has ended, and is not collected yet. */
  record Ended() implements Event {}

  /** It was stopped by that signal. */
  record Stopped(int signal) implements Event {}

  /** This process was sent a signal. */
  record Signalled(int signal) implements Event {
    /** Whether it asks for the end. */
    boolean isEnd() {
      return signal == Signals.HUP || signal == Signals.INT || signal == Signals.TERM;
    }
  }

  /** A secret has that version now. */
  record Changed(String secret, String version) implements Event {}

  /** The values for another start are there. */
  record Renewed(Delivery delivery) implements Event {}

  /** They could not be had. */
  record NotRenewed(String why) implements Event {}
}
