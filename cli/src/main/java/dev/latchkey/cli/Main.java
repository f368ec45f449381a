package dev.latchkey.cli;

import dev.latchkey.cli.output.Terminal;
import java.util.List;

/** Where the process of the command line begins. */
public final class Main {
  private Main() {}

  /**
   * Runs and ends with one of the exit codes. The exit is asked for even when all is well: a thread
   * of the transport would else hold the process for a second.
   */
  public static void main(String[] arguments) {
    int code = new Program(Terminal.ofProcess()).run(List.of(arguments));
    System.exit(code);
  }
}
