package dev.latchkey.agent.inject;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How a program is told that its files changed. */
public sealed interface Reload {

  /**
   * A signal to the process that a file names.
   *
   * @param signal without the SIG, such as {@code HUP}
   */
  record Signal(String signal, Path pidFile) implements Reload {}

  /**
   * A program that is run, without a shell.
   *
   * @param argv the program by its absolute path, and its arguments
   * @param timeout after which it is killed, and counts as failed
   */
  record Command(List<String> argv, Duration timeout) implements Reload {

    public Command {
      argv = List.copyOf(argv);
    }
  }
}
