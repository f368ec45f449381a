package dev.latchkey.agent.reload.process;

import dev.latchkey.agent.inject.Reload;
import dev.latchkey.agent.inject.ReloadFailed;
import dev.latchkey.agent.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Sends a signal to the process that a pid file names, and to no other.
 *
 * <p>Notes on what could be hit by mistake. A number is used again once its process is gone. So the
 * process is pinned by a descriptor before anything is looked at; then it must be older than the
 * file that names it, since a program writes its own number; then the file must still say the same;
 * and the signal goes through the descriptor, so that it reaches the pinned process or nobody.
 */
final class SignalReload {

  /** By how much a file system's clock may differ from the process table's. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  /** In which the kernel counts start times, whatever its own ticks are. */
  private static final int TICKS_PER_SECOND = 100;

  /** Where the start time stands, counted from the field after the name. */
  private static final int START = 19;

  private final TimeSource time;
  private final int ownUid;
  private final Path proc;

  SignalReload(TimeSource time, int ownUid, Path proc) {
    this.time = time;
    this.ownUid = ownUid;
    this.proc = proc;
  }

  /** Whether there was a process to signal. */
  boolean send(Reload.Signal signal) {
    Optional<PidFile> named = PidFile.read(signal.pidFile());
    if (named.isEmpty()) {
      return false;
    }
    Optional<PinnedProcess> pinned = PinnedProcess.of(named.get().pid());
    if (pinned.isEmpty()) {
      return false;
    }
    try (PinnedProcess process = pinned.get()) {
      check(signal.pidFile(), named.get());
      if (!PidFile.read(signal.pidFile()).equals(named)) {
        throw new ReloadFailed(signal.pidFile() + " changes just now");
      }
      return process.signal(Signals.number(signal.signal()));
    }
  }

  private void check(Path file, PidFile named) {
    try {
      Path place = proc.resolve(Long.toString(named.pid()));
      Object uid = Files.getAttribute(place, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      if (named.uid() != 0 && named.uid() != ownUid && !uid.equals(named.uid())) {
        throw new ReloadFailed(
            file + " belongs neither to root, nor to the agent's user, nor to that of its process");
      }
      if (startedAt(place).isAfter(named.writtenAt().plus(SLACK))) {
        throw new ReloadFailed(
            file
                + " is older than the process "
                + named.pid()
                + ", so it means another one that is gone, or the clock was set since; restart the"
                + " program that writes it");
      }
    } catch (NoSuchFileException gone) {
      // Then nobody gets the signal.
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException untold) {
      throw new ReloadFailed(
          "the start of the process " + named.pid() + " cannot be read in " + proc);
    }
  }

  private Instant startedAt(Path place) throws IOException {
    String stat = Files.readString(place.resolve("stat"));
    // The second field is a name in brackets, which may hold anything.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    double start = Double.parseDouble(fields[START]) / TICKS_PER_SECOND;
    double up = Double.parseDouble(Files.readString(proc.resolve("uptime")).split(" ", -1)[0]);
    return time.now().minusMillis((long) ((up - start) * 1000));
  }
}
