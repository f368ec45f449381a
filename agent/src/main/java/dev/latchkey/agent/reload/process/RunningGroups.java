package dev.latchkey.agent.reload.process;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * The process groups of the commands that run, so that they can be ended with the agent. A group is
 * known until its first process is collected: until then nobody else has its number. One that does
 * not die is left to itself, and collected when the next is begun after its end. Safe for use by
 * several threads.
 */
final class RunningGroups {

  private final IntConsumer killing;
  private final Set<Integer> groups = new HashSet<>();
  private final Map<Integer, List<String>> left = new HashMap<>();
  private boolean aborted;

  /**
   * No groups yet.
   *
   * @param killing tries to kill the group of this number
   */
  RunningGroups(IntConsumer killing) {
    this.killing = killing;
  }

  /** Notes a group; one that comes after the end is ended at once. */
  synchronized void add(int pid) {
    groups.add(pid);
    if (aborted) {
      killing.accept(pid);
    }
  }

  /** Tries to end a group that is not collected yet. */
  synchronized void kill(int pid) {
    if (groups.contains(pid)) {
      killing.accept(pid);
    }
  }

  /** How the first process of a group ended, which is answered once; empty while it runs. */
  synchronized OptionalInt collect(int pid) {
    boolean gone = true;
    try {
      OptionalInt status = Libc.collect(pid);
      gone = status.isPresent();
      return status;
    } finally {
      if (gone) {
        groups.remove(pid);
        left.remove(pid);
      }
    }
  }

  /** Leaves a group to itself that was killed in vain. */
  synchronized void leave(int pid, List<String> argv) {
    left.put(pid, argv);
  }

  /** Whether this command was left to itself and still runs; collects whatever has ended. */
  synchronized boolean isLeft(List<String> argv) {
    List.copyOf(left.keySet()).forEach(this::collect);
    return left.containsValue(argv);
  }

  /** Ends those that run, and those that are begun later. */
  synchronized void abort() {
    aborted = true;
    groups.forEach(killing::accept);
  }
}
