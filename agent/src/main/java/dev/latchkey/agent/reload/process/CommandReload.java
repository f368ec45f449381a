package dev.latchkey.agent.reload.process;

import dev.latchkey.agent.inject.Reload;
import dev.latchkey.agent.inject.ReloadFailed;
import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Runs a command and waits for its end: no shell, an environment that holds a path and nothing
 * else, and no input. What it writes is thrown away, since a program that reads secrets may print
 * one. It is the first of a process group, which is killed as a whole when it takes too long.
 */
final class CommandReload {

  private static final String PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final int ABSENT = 2;
  private static final int NOT_ALLOWED = 13;

  private final TimeSource time;
  private final RunningGroups running = new RunningGroups();
  private final LongFunction<Optional<PinnedProcess>> pinning;

  /**
   * Runs commands.
   *
   * @param pinning holds a process by its number
   */
  CommandReload(TimeSource time, LongFunction<Optional<PinnedProcess>> pinning) {
    this.time = time;
    this.pinning = pinning;
  }

  /** Whether it told somebody, which is always. */
  boolean run(Reload.Command command) {
    String program = command.argv().getFirst();
    Spawn.Result spawned = Spawn.start(command.argv(), List.of(PATH));
    int pid =
        switch (spawned) {
          case Spawn.Result.Started started -> started.pid();
          case Spawn.Result.Failed failed -> throw notRun(program, failed.error());
        };
    Optional<Integer> status = end(pid, command.timeout());
    if (status.isEmpty()) {
      throw new ReloadFailed(
          program + " took longer than " + command.timeout() + " and was killed with its group");
    }
    check(program, status.get());
    return true;
  }

  /** Kills what runs, with its group, and what is begun later. */
  void abort() {
    running.abort();
  }

  /** How it ended; empty when it had to be killed. It is collected also where waiting fails. */
  private Optional<Integer> end(int pid, Duration timeout) {
    running.add(pid);
    boolean ended = false;
    int status;
    try {
      ended = awaitEnd(pid, timeout);
    } finally {
      if (!ended) {
        Libc.killGroup(pid, Signals.KILL);
      }
      running.remove(pid);
      status = Libc.collect(pid);
    }
    return ended ? Optional.of(status) : Optional.empty();
  }

  private static ReloadFailed notRun(String program, int error) {
    String why =
        switch (error) {
          case ABSENT -> "does not exist";
          case NOT_ALLOWED -> "may not be run by the agent's user";
          default -> "cannot be run (error " + error + ")";
        };
    return new ReloadFailed(program + " " + why);
  }

  private boolean awaitEnd(int pid, Duration timeout) {
    try (PinnedProcess process = pinning.apply(pid).orElseThrow()) {
      long until = time.nanoTime() + timeout.toNanos();
      for (long left = timeout.toNanos(); left > 0; left = until - time.nanoTime()) {
        if (process.awaitEnd((int) Math.min(Integer.MAX_VALUE, left / 1_000_000 + 1))) {
          return true;
        }
      }
      return false;
    }
  }

  private static void check(String program, int status) {
    int signal = status & 0x7f;
    int code = status >> 8 & 0xff;
    if (signal != 0) {
      throw new ReloadFailed(program + " was ended by signal " + signal);
    }
    if (code != 0) {
      throw new ReloadFailed(
          program + " ended with code " + code + "; its output is not kept, run it by hand");
    }
  }
}
