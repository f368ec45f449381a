package dev.latchkey.agent.wiring;

import dev.latchkey.agent.machine.ClockEpochs;
import dev.latchkey.agent.machine.PidFile;
import dev.latchkey.agent.machine.RunningProcess;
import dev.latchkey.agent.machine.Uptime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The process that a pid file names, found by looking at the file again and again.
 *
 * <p>Notes. A file that is another one than at the first look was written while the agent looked,
 * so it means whoever has its number now; no clock is asked, which somebody may have set. A file
 * that was there before is held against the clocks: one that is older than the process it names, or
 * that names none and is older than the agent, was left by somebody else and is waited out. Used by
 * one thread at a time.
 */
final class NamedProcess {

  /** After how many refusals in a row, which the writing of a file explains no more, it is told. */
  private static final int PATIENCE = 5;

  /** What the clocks allow a file for; a file of before the agent must not profit from it. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  private final Path file;
  private final Path proc;
  private final ClockEpochs clock;
  private final Duration agentBegan;
  private final Consumer<String> complaint;
  private Optional<Look> first = Optional.empty();
  private int refusals;

  /**
   * Looks at nothing yet.
   *
   * @param clock has looked since the agent began
   * @param agentBegan in the time of {@link Uptime}
   * @param complaint told why nobody is found, once for each reason
   */
  NamedProcess(
      Path file, Path proc, ClockEpochs clock, Duration agentBegan, Consumer<String> complaint) {
    this.file = file;
    this.proc = proc;
    this.clock = clock;
    this.agentBegan = agentBegan;
    this.complaint = complaint;
  }

  /** What came of looking. */
  sealed interface Found {

    /** It runs. */
    record Running(RunningProcess process) implements Found {}

    /** It has ended. */
    record Over(long pid) implements Found {}

    /** The file names none yet. */
    record Nobody() implements Found {}
  }

  /** What a readable place showed. */
  private record Look(Optional<PidFile> file) {}

  /** Reads the file. Blocks where its file system does. */
  Found look() {
    Look look;
    try {
      look = new Look(PidFile.read(file));
    } catch (PidFile.Refused refused) {
      refused(refused.why());
      return new Found.Nobody();
    }
    refusals = 0;
    boolean isFirst = first.isEmpty();
    if (isFirst) {
      first = Optional.of(look);
    }
    boolean wasThere = first.get().equals(look);
    return look.file()
        .map(said -> wasThere ? ofBefore(said, isFirst) : written(said))
        .orElseGet(Found.Nobody::new);
  }

  private Found written(PidFile said) {
    return RunningProcess.of(proc, said.pid())
        .<Found>map(Found.Running::new)
        .orElseGet(() -> new Found.Over(said.pid()));
  }

  private Found ofBefore(PidFile said, boolean isFirst) {
    Optional<RunningProcess> process = RunningProcess.of(proc, said.pid());
    if (process.isEmpty()) {
      return clock.isAfter(agentBegan.plus(SLACK), said.writtenAt())
          ? new Found.Over(said.pid())
          : new Found.Nobody();
    }
    if (clock.isAfter(process.get().startedAfter(), said.writtenAt())) {
      return new Found.Running(process.get());
    }
    if (isFirst) {
      complaint.accept(
          file
              + " is older than the process "
              + said.pid()
              + ", so it means another one that is gone, or the clock was set before the agent"
              + " began; it is waited for until it is written again");
    }
    return new Found.Nobody();
  }

  private void refused(String why) {
    refusals++;
    if (refusals == PATIENCE) {
      complaint.accept(why + "; until then no process is accompanied");
    }
  }
}
