package dev.latchkey.agent.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
public record RunningProcess(long pid, long startTicks) {

  private static final int STATE = 0;
  private static final int START = 19;
  private static final int MILLIS_PER_TICK = 10;

  /**
   * The process that has this number now.
   *
   * @param proc where the kernel tells of processes
   * @return empty when there is none, when it has ended, and when it is not shown there
   */
  public static Optional<RunningProcess> of(Path proc, long pid) {
    try {
      // The second field is a name in brackets, which may hold any bytes.
      String stat = Files.readString(proc.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      boolean over = "ZXx".contains(fields[STATE]);
      return over
          ? Optional.empty()
          : Optional.of(new RunningProcess(pid, Long.parseLong(fields[START])));
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException gone) {
      return Optional.empty();
    }
  }

  /** Whether it has ended, also when its parent has not collected it. */
  public boolean isOver(Path proc) {
    return !of(proc, pid).equals(Optional.of(this));
  }

  /** When it began, in the time of {@link Uptime}. */
  public Duration startedAfter() {
    return Duration.ofMillis(startTicks * MILLIS_PER_TICK);
  }
}
