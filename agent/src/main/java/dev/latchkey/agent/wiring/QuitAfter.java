package dev.latchkey.agent.wiring;

import dev.latchkey.agent.lifecycle.Ending;
import dev.latchkey.agent.machine.RunningProcess;
import dev.latchkey.agent.machine.Uptime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Lets the agent end when a process ends that it was told to accompany, so that a job is over when
 * its application is.
 *
 * <p>The process is pinned by its start time, and looked at every {@link #PERIOD}: a process that
 * is over but not yet collected by its parent counts as ended. A pid file that is older than the
 * process it names, or that names none and is older than the agent, was left by somebody else and
 * is waited out.
 */
final class QuitAfter implements AutoCloseable {

  /** How often the process is looked at. */
  static final Duration PERIOD = Duration.ofMillis(200);

  /** By how much a file system's clock may differ from the process table's. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  private final Timers timers;
  private final TimeSource time;
  private final Ending ending;
  private final Path proc;
  private final Uptime uptime;
  private final Instant startedAt;
  private Optional<Path> pidFile = Optional.empty();
  private Optional<RunningProcess> watched = Optional.empty();
  private Timers.Timer next = () -> {};
  private boolean over;

  QuitAfter(TimeSource time, Timers timers, Ending ending, Path proc, Uptime uptime) {
    this.time = time;
    this.timers = timers;
    this.ending = ending;
    this.proc = proc;
    this.uptime = uptime;
    this.startedAt = time.now();
  }

  /**
   * Follows the process of this number.
   *
   * @throws SecretException when there is none
   */
  synchronized void follow(long pid) {
    watched = RunningProcess.of(proc, pid);
    if (watched.isEmpty()) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "--quit-after: there is no process " + pid + " here; nothing is left to accompany");
    }
    look();
  }

  /** Follows the process that this file names, once it does. */
  synchronized void follow(Path file) {
    pidFile = Optional.of(file);
    look();
  }

  private synchronized void look() {
    if (over) {
      return;
    }
    if (watched.isEmpty()) {
      pidFile.ifPresent(this::pin);
    }
    watched.filter(process -> process.isOver(proc)).ifPresent(process -> end(process.pid()));
    if (!over) {
      next = timers.schedule(PERIOD, this::look);
    }
  }

  private void pin(Path file) {
    try {
      Instant writtenAt = Files.getLastModifiedTime(file).toInstant();
      long pid = Long.parseLong(Files.readString(file).strip());
      Optional<RunningProcess> named = RunningProcess.of(proc, pid);
      if (named.isEmpty() && writtenAt.isAfter(startedAt)) {
        end(pid);
      }
      watched = named.filter(process -> !isOlder(writtenAt, process));
    } catch (IOException | NumberFormatException notYet) {
      // Written later, or being written now.
    }
  }

  private boolean isOlder(Instant writtenAt, RunningProcess process) {
    Instant startedAt = time.now().minus(uptime.read()).plus(process.startedAfter());
    return writtenAt.plus(SLACK).isBefore(startedAt);
  }

  private void end(long pid) {
    over = true;
    ending.ask("process " + pid + " has ended", true);
  }

  /** Looks no more. */
  @Override
  public synchronized void close() {
    over = true;
    next.cancel();
  }
}
