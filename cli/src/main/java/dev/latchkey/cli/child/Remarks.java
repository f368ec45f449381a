package dev.latchkey.cli.child;

import java.io.PrintStream;
import java.time.Duration;

/** What a supervisor says on standard error. Used by one thread. */
final class Remarks {
  private final PrintStream err;
  private String said = "";

  Remarks(PrintStream err) {
    this.err = err;
  }

  /** Says it unless it was what was said so last. */
  void sayOnce(String what) {
    if (!what.equals(said)) {
      said = what;
      say(what);
    }
  }

  /** What was said may be said again. */
  void forget() {
    said = "";
  }

  void killed(Duration grace) {
    say("the command did not end within " + grace.toMillis() / 1000.0 + " s; killed");
  }

  void say(String what) {
    err.println("latchkey exec: " + what);
    err.flush();
  }
}
