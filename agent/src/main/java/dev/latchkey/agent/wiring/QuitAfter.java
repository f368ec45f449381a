package dev.latchkey.agent.wiring;

import dev.latchkey.agent.lifecycle.Ending;
import dev.latchkey.agent.machine.ClockEpochs;
import dev.latchkey.agent.machine.RunningProcess;
import dev.latchkey.agent.machine.Uptime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Lets the agent end when a process ends that it was told to accompany, so that a job is over when
 * its application is.
 *
 * <p>The process is pinned by its start time, and looked at every {@link #PERIOD}: a process that
 * is over but not yet collected by its parent counts as ended. {@link NamedProcess} says whom a pid
 * file means; it is read outside of the lock, since it lies where the application writes, and what
 * happens there must not keep the agent from ending.
 */
final class QuitAfter implements AutoCloseable {

  /** How often the process is looked at. */
  static final Duration PERIOD = Duration.ofMillis(200);

  private final Timers timers;
  private final Ending ending;
  private final Path proc;
  private final ClockEpochs clock;
  private final Duration began;
  private final Executor reading;
  private final Consumer<String> complaint;
  private Timers.Timer next = () -> {};
  private boolean over;

  /**
   * Follows nobody yet.
   *
   * @param reading where a pid file is read, which may take as long as a file system likes
   * @param complaint told why nobody is followed, once for each reason
   */
  QuitAfter(
      TimeSource time,
      Timers timers,
      Ending ending,
      Path proc,
      Uptime uptime,
      Executor reading,
      Consumer<String> complaint) {
    this.timers = timers;
    this.ending = ending;
    this.proc = proc;
    this.clock = new ClockEpochs(time::now, uptime);
    this.began = uptime.read();
    this.reading = reading;
    this.complaint = complaint;
  }

  /**
   * Follows the process of this number.
   *
   * @throws SecretException when there is none
   */
  void follow(long pid) {
    watch(
        RunningProcess.of(proc, pid)
            .orElseThrow(
                () ->
                    SecretException.of(
                        Reason.NOT_POSSIBLE_NOW,
                        "--quit-after: there is no process "
                            + pid
                            + " here; nothing is left to accompany")));
  }

  /** Follows the process that this file names, once it does. */
  void follow(Path file) {
    seek(new NamedProcess(file, proc, clock, began, complaint));
  }

  private void seek(NamedProcess named) {
    reading.execute(() -> found(named, named.look()));
  }

  private synchronized void found(NamedProcess named, NamedProcess.Found found) {
    if (over) {
      return;
    }
    switch (found) {
      case NamedProcess.Found.Running running -> watch(running.process());
      case NamedProcess.Found.Over ended -> end(ended.pid());
      case NamedProcess.Found.Nobody() -> next = timers.schedule(PERIOD, () -> seek(named));
    }
  }

  private synchronized void watch(RunningProcess process) {
    if (over) {
      return;
    }
    if (process.isOver(proc)) {
      end(process.pid());
    } else {
      next = timers.schedule(PERIOD, () -> watch(process));
    }
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
