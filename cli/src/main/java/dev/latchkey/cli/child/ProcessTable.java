package dev.latchkey.cli.child;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the system shows of processes, this one and others; what it hides is not seen. */
final class ProcessTable {
  private static final Path PROC = Path.of("/proc");
  private static final int STATE = 0;
  private static final int PARENT = 1;
  private static final int GROUP = 2;
  private static final int SESSION = 3;

  private ProcessTable() {}

  /** Whether a group has a process that has not ended, besides that one. */
  static boolean hasLiving(int group, long except) {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        String number = String.valueOf(process.getFileName());
        if (!number.equals("" + except) && isLiving(number, "" + group)) {
          return true;
        }
      }
    } catch (IOException e) {
      return false;
    }
    return false;
  }

  private static boolean isLiving(String process, String group) {
    try {
      String[] stat = stat(process);
      return stat[GROUP].equals(group) && !stat[STATE].equals("Z") && !stat[STATE].equals("X");
    } catch (IOException | IndexOutOfBoundsException gone) {
      return false;
    }
  }

  /** Whether a process has a handler for a signal; so also when that cannot be seen. */
  static boolean catches(int process, int signal) {
    try {
      return (signals("" + process, "SigCgt:") & 1L << (signal - 1)) != 0;
    } catch (IOException | NumberFormatException e) {
      return true;
    }
  }

  /** A set of signals out of a process's status; none when it is not there. */
  static long signals(String process, String set) throws IOException {
    return Files.readAllLines(PROC.resolve(process).resolve("status")).stream()
        .filter(line -> line.startsWith(set))
        .mapToLong(line -> Long.parseUnsignedLong(line.substring(set.length()).strip(), 16))
        .findFirst()
        .orElse(0);
  }

  /**
   * Whether nobody in this session could continue this process's group once it is stopped, so that
   * the kernel does not let the terminal stop it.
   */
  static boolean isOrphaned() {
    try {
      String[] own = stat("self");
      String[] parent = stat(own[PARENT]);
      return !parent[SESSION].equals(own[SESSION]) || parent[GROUP].equals(own[GROUP]);
    } catch (IOException | IndexOutOfBoundsException e) {
      return true;
    }
  }

  private static String[] stat(String process) throws IOException {
    String stat = Files.readString(PROC.resolve(process).resolve("stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
  }
}
