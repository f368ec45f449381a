package dev.latchkey.cli.child;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

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
    return anyOf(group, member -> !member.equals("" + except));
  }

  /** Whether a process of the group that has not ended is one of these. */
  private static boolean anyOf(int group, Predicate<String> which) {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        String number = String.valueOf(process.getFileName());
        if (isLiving(number, "" + group) && which.test(number)) {
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

  /** A set of signals out of a process's status. */
  static long signals(String process, String set) throws IOException {
    return signals(Files.readAllLines(PROC.resolve(process).resolve("status")), set);
  }

  /** A set of signals out of these lines of a status; empty when it is not there. */
  static long signals(List<String> status, String set) {
    return status.stream()
        .filter(line -> line.startsWith(set))
        .mapToLong(line -> Long.parseUnsignedLong(line.substring(set.length()).strip(), 16))
        .findFirst()
        .orElse(0);
  }

  /**
   * Whether nobody in its session could continue a group once it is stopped, so that the kernel
   * does not let a terminal stop it: no process of it has a parent in another group of the session.
   */
  static boolean isOrphaned(int group) {
    return !anyOf(group, member -> isWatchedOver(member, group));
  }

  private static boolean isWatchedOver(String member, int group) {
    try {
      String[] stat = stat(member);
      int parent = Integer.parseInt(stat[PARENT]);
      return parent != 0
          && TerminalCalls.group(parent) != group
          && TerminalCalls.session(parent) == Integer.parseInt(stat[SESSION]);
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException gone) {
      return false;
    }
  }

  /** The name that a process has, also one that has ended and is not collected; empty for none. */
  static String name(int process) {
    try {
      return Files.readString(PROC.resolve("" + process).resolve("comm")).strip();
    } catch (IOException gone) {
      return "";
    }
  }

  private static String[] stat(String process) throws IOException {
    String stat = Files.readString(PROC.resolve(process).resolve("stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
  }
}
