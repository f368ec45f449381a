package dev.latchkey.agent.reload.process;

import dev.latchkey.agent.inject.Reload;
import dev.latchkey.agent.inject.ReloadFailed;
import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import java.util.function.LongFunction;

/**
 * Runs a command and waits for its end: no shell, an environment that holds a path and nothing
 * else, and no input. What it writes is thrown away, since a program that reads secrets may print
 * one. It is the first of a process group, which is killed as a whole when it takes too long. One
 * that cannot be killed keeps nobody waiting, and is not begun again while it runs.
 */
final class CommandReload {

  private static final String PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final int ABSENT = 2;
  private static final int NOT_ALLOWED = 13;

  /** How long what was killed may take to end; what does not is left to itself. */
  private static final Duration DYING = Duration.ofSeconds(1);

  private static final int BETWEEN_LOOKS_MILLIS = 10;

  private final TimeSource time;
  private final RunningGroups running;
  private final LongFunction<Optional<PinnedProcess>> pinning;

  /**
   * Runs commands.
   *
   * @param pinning holds a process by its number
   * @param killing tries to kill the process group of this number
   */
  CommandReload(
      TimeSource time, LongFunction<Optional<PinnedProcess>> pinning, IntConsumer killing) {
    this.time = time;
    this.pinning = pinning;
    this.running = new RunningGroups(killing);
  }

  /** Whether it told somebody, which is always. */
  boolean run(Reload.Command command) {
    String program = command.argv().getFirst();
    if (running.isLeft(command.argv())) {
      throw new ReloadFailed(
          program + " still runs, since it could not be killed; it is not begun again before");
    }
    Spawn.Result spawned = Spawn.start(command.argv(), List.of(PATH));
    int pid =
        switch (spawned) {
          case Spawn.Result.Started started -> started.pid();
          case Spawn.Result.Failed failed -> throw notRun(program, failed.error());
        };
    check(program, end(pid, command));
    return true;
  }

  /** Kills what runs, with its group, and what is begun later. */
  void abort() {
    running.abort();
  }

  /** How it ended by itself. Where it does not, or waiting fails, it is killed. */
  private int end(int pid, Reload.Command command) {
    running.add(pid);
    boolean ended = false;
    OptionalInt status;
    try {
      ended = awaitEnd(pid, command.timeout());
    } finally {
      if (!ended) {
        running.kill(pid);
      }
      status = collect(pid);
      if (status.isEmpty()) {
        running.leave(pid, command.argv());
      }
    }
    if (ended && status.isPresent()) {
      return status.getAsInt();
    }
    throw new ReloadFailed(
        command.argv().getFirst()
            + " took longer than "
            + command.timeout()
            + (status.isPresent()
                ? " and was killed with its group"
                : " and could not be killed: it is another user's, or waits for a device"));
  }

  /** How it ended, for which one that was just killed is waited for. */
  private OptionalInt collect(int pid) {
    long until = time.nanoTime() + DYING.toNanos();
    OptionalInt status = running.collect(pid);
    while (status.isEmpty() && until - time.nanoTime() > 0) {
      Libc.pause(BETWEEN_LOOKS_MILLIS);
      status = running.collect(pid);
    }
    return status;
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
