package dev.latchkey.agent.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * One process of this machine, and no later one that is given the same number: the kernel's start
 * time is part of it.
 *
 * @param startTicks when it began, in hundredths of a second since the machine did
 */
record RunningProcess(long pid, long startTicks) {

  private static final int STATE = 0;
  private static final int START = 19;

  /** The process that has this number now; empty when there is none, or it has ended. */
  static Optional<RunningProcess> of(Path proc, long pid) {
    try {
      String stat = Files.readString(proc.resolve(pid + "/stat"));
      // The second field is a name in brackets, which may hold anything.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      boolean over = "ZXx".contains(fields[STATE]);
      return over
          ? Optional.empty()
          : Optional.of(new RunningProcess(pid, Long.parseLong(fields[START])));
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException gone) {
      return Optional.empty();
    }
  }

  boolean isOver(Path proc) {
    return !of(proc, pid).equals(Optional.of(this));
  }

  /** For how long it has run; nothing where the machine does not tell. */
  Duration age(Path proc) {
    try {
      String uptime = Files.readString(proc.resolve("uptime")).split(" ", -1)[0];
      return Duration.ofMillis((long) (Double.parseDouble(uptime) * 1000) - startTicks * 10);
    } catch (IOException | NumberFormatException untold) {
      return Duration.ZERO;
    }
  }
}
