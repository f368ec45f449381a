package dev.latchkey.agent.inject;

import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.nio.file.Path;

/** File threads that are the caller's own. */
public final class InlineFileThreads {

  private static final long ROOM = 1 << 20;

  private InlineFileThreads() {}

  /** Each path is a mount of its own. */
  public static FileThreads of(TimeSource time, Timers timers) {
    return new FileThreads(Runnable::run, Runnable::run, Path::toString, ROOM, time, timers);
  }
}
