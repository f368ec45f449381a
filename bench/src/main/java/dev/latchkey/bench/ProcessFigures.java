package dev.latchkey.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the operating system says about a process; Linux only. */
final class ProcessFigures {

  /** How many ticks the kernel counts in a second, for {@code /proc/PID/stat}: always 100 there. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;

  private ProcessFigures() {}

  /** The processor time that a process has used so far in user and system mode, in seconds. */
  static double cpuSeconds(long pid) {
    return cpuSeconds(read("/proc/" + pid + "/stat"));
  }

  /** The same out of the text of {@code stat}, whose second field may hold spaces and brackets. */
  static double cpuSeconds(String stat) {
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).trim().split(" "));
    return (Long.parseLong(fields.get(USER_TIME)) + Long.parseLong(fields.get(SYSTEM_TIME)))
        / TICKS_PER_SECOND;
  }

  /** The memory of a process that is resident now, in MB of a million bytes. */
  static double residentMegabytes(long pid) {
    return residentMegabytes(read("/proc/" + pid + "/status"));
  }

  /** The same out of the text of {@code status}. */
  static double residentMegabytes(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no VmRSS: the process has ended"));
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException ended) {
      throw new UncheckedIOException("the process has ended", ended);
    }
  }
}
