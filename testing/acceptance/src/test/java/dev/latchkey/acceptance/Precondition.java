package dev.latchkey.acceptance;

import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs of the machine: under {@code CI=true} the lack of it is a failure, elsewhere
 * one loud line and a skipped test.
 */
final class Precondition {

  private Precondition() {}

  /** Goes on if {@code met}; {@code what} says what is needed and how to get it. */
  static void require(boolean met, String what) {
    require(met, what, System.getenv("CI"), System.err);
  }

  /**
   * Goes on as root who may make namespaces and mount in them, which is not given on every machine
   * for continuous integration either.
   */
  static void namespaces() {
    String mount = "unshare --mount --pid --fork mount -t tmpfs none /mnt";
    Ran tried = Ran.of(List.of("sh", "-c", mount));
    require(tried.exit() == 0, "root who may make namespaces", null, System.err);
  }

  static void require(boolean met, String what, @Nullable String ci, PrintStream err) {
    if (met) {
      return;
    }
    if ("true".equals(ci)) {
      throw new AssertionError("Under CI=true this is needed: " + what);
    }
    err.println("SKIPPED: this is needed: " + what);
    Assumptions.abort(what);
  }
}
