package dev.latchkey.agent.reload.process;

import dev.latchkey.agent.inject.Reload;
import dev.latchkey.agent.inject.Reloader;
import dev.latchkey.agent.machine.ClockEpochs;
import dev.latchkey.agent.machine.Uptime;
import dev.latchkey.agent.time.TimeSource;
import java.nio.file.Path;

/** Reloads by signals and by commands. Safe for use by several threads. */
public final class ProcessReloader implements Reloader {

  private final ClockEpochs clock;
  private final SignalReload signals;
  private final CommandReload commands;

  /**
   * A reloader for this machine.
   *
   * @param ownUid the user that this process runs as
   */
  public ProcessReloader(TimeSource time, int ownUid) {
    this.clock = new ClockEpochs(time::now, Uptime.system());
    this.signals = new SignalReload(clock, ownUid, Path.of("/proc"));
    this.commands =
        new CommandReload(time, PinnedProcess::of, group -> Libc.killGroup(group, Signals.KILL));
  }

  /** Notes that the wall clock was set, which it finds by itself unless it is set once more. */
  public void clockWasSet() {
    clock.look();
  }

  @Override
  public boolean reload(Reload reload) {
    return switch (reload) {
      case Reload.Signal signal -> signals.send(signal);
      case Reload.Command command -> commands.run(command);
    };
  }

  @Override
  public void abort() {
    commands.abort();
  }
}
