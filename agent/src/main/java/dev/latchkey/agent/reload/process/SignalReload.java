package dev.latchkey.agent.reload.process;

import dev.latchkey.agent.inject.Reload;
import dev.latchkey.agent.inject.ReloadFailed;
import dev.latchkey.agent.machine.ClockEpochs;
import dev.latchkey.agent.machine.PidFile;
import dev.latchkey.agent.machine.RunningProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sends a signal to the process that a pid file names, and to no other.
 *
 * <p>Notes on what could be hit by mistake. A number is used again once its process is gone. So the
 * process is pinned by a descriptor before anything is looked at; then it must be older than the
 * file that names it, since a program writes its own number; then the file must still say the same;
 * and the signal goes through the descriptor, so that it reaches the pinned process or nobody. What
 * was found right once is right for as long as neither the file nor the process is another one.
 */
final class SignalReload {

  private final ClockEpochs clock;
  private final int ownUid;
  private final Path proc;

  /** One for each pid file; the configuration bounds them. */
  private final Map<Path, Accepted> accepted = new ConcurrentHashMap<>();

  SignalReload(ClockEpochs clock, int ownUid, Path proc) {
    this.clock = clock;
    this.ownUid = ownUid;
    this.proc = proc;
  }

  /** What was found to belong together. */
  private record Accepted(PidFile file, RunningProcess process) {}

  /** Whether there was a process to signal. */
  boolean send(Reload.Signal signal) {
    Optional<PidFile> named = read(signal.pidFile());
    if (named.isEmpty()) {
      return false;
    }
    Optional<PinnedProcess> pinned = PinnedProcess.of(named.get().pid());
    if (pinned.isEmpty()) {
      return false;
    }
    try (PinnedProcess process = pinned.get()) {
      if (!isMeant(signal.pidFile(), named.get(), process)) {
        return false;
      }
      if (!read(signal.pidFile()).equals(named)) {
        throw new ReloadFailed(signal.pidFile() + " changes just now");
      }
      return process.signal(Signals.number(signal.signal()));
    }
  }

  private static Optional<PidFile> read(Path file) {
    try {
      return PidFile.read(file);
    } catch (PidFile.Refused refused) {
      throw new ReloadFailed(refused.why());
    }
  }

  /** Whether the process runs; fails where it is, or may be, another one than the file means. */
  private boolean isMeant(Path file, PidFile named, PinnedProcess pinned) {
    Optional<RunningProcess> seen = RunningProcess.of(proc, named.pid());
    if (pinned.awaitEnd(0)) {
      return false;
    }
    if (seen.isEmpty()) {
      throw new ReloadFailed(
          "the process "
              + named.pid()
              + " runs, but "
              + proc
              + " does not show it to the agent (hidepid, ProtectProc), so it may be another one"
              + " than "
              + file
              + " means; run both as one user, or show it");
    }
    check(file, named, seen.get());
    return true;
  }

  private void check(Path file, PidFile named, RunningProcess process) {
    if (named.uid() != 0 && named.uid() != ownUid && named.uid() != uid(process)) {
      throw new ReloadFailed(
          file + " belongs neither to root, nor to the agent's user, nor to that of its process");
    }
    Accepted now = new Accepted(named, process);
    if (now.equals(accepted.get(file))) {
      return;
    }
    if (!clock.isAfter(process.startedAfter(), named.writtenAt())) {
      throw new ReloadFailed(
          file
              + " is older than the process "
              + named.pid()
              + ", so it means another one that is gone, or the clock was set before the agent"
              + " began; restart the program that writes it");
    }
    accepted.put(file, now);
  }

  private int uid(RunningProcess process) {
    try {
      Path place = proc.resolve(Long.toString(process.pid()));
      return (Integer) Files.getAttribute(place, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    } catch (IOException hidden) {
      throw new ReloadFailed(
          "whose the process " + process.pid() + " is cannot be read in " + proc);
    }
  }
}
