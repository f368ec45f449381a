package dev.latchkey.agent.files.posix;

import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs of the machine: under {@code CI=true} the lack of it is a failure, elsewhere
 * one loud line and a skipped test.
 */
public final class Precondition {

  private Precondition() {}

  /** Goes on if it is there; {@code what} says what is needed. */
  public static void require(String what, boolean there) {
    if (there) {
      return;
    }
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError("Under CI=true this is needed: " + what);
    }
    System.err.println("SKIPPED: this is needed: " + what);
    Assumptions.abort(what);
  }
}
