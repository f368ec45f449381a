package dev.latchkey.agent.reload.process;

import java.util.HashSet;
import java.util.Set;

/**
 * The process groups of the commands that run, so that they can be ended with the agent. Safe for
 * use by several threads.
 */
final class RunningGroups {

  private final Set<Integer> groups = new HashSet<>();
  private boolean aborted;

  /** Notes a group; one that comes after the end is ended at once. */
  synchronized void add(int pid) {
    groups.add(pid);
    if (aborted) {
      Libc.killGroup(pid, Signals.KILL);
    }
  }

  /** Forgets a group, before its first process is collected: until then nobody has its number. */
  synchronized void remove(int pid) {
    groups.remove(pid);
  }

  /** Ends those that run, and those that are begun later. */
  synchronized void abort() {
    aborted = true;
    groups.forEach(pid -> Libc.killGroup(pid, Signals.KILL));
  }
}
