package dev.latchkey.agent.machine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares what the machine's uptime dates, such as the start of a process, with what the wall
 * clock does, such as the change of a file, although the wall clock was set in between.
 *
 * <p>Notes. By the wall clock the machine started at now minus its uptime. That moment is the same
 * until the clock is set, and then another: each is an epoch, which ended at some uptime. A file
 * bears the time of the epoch in which it was written, so its time must lie before the end of that
 * epoch. For a file that was written before the process began, no epoch says otherwise: in its own
 * it is older, and the others have not shown its time, or showed it before. A time that none has
 * shown yet may be of the machine's last life, before which the clock was right, or of a clock that
 * was set back before the first look: it shows nothing, so it counts as before everything. What was
 * set between two looks, twice, is not known. Safe for use by several threads.
 */
public final class ClockEpochs {

  /** By how much a file system's clock may differ from the process table's. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  /** What no reading of two clocks one after another is apart. */
  private static final Duration LEAST_STEP = Duration.ofMillis(500);

  private static final int MOST = 32;

  private final InstantSource wall;
  private final Uptime uptime;
  private final List<Epoch> epochs = new ArrayList<>();

  /**
   * Begins to look.
   *
   * @param wall the clock that may be set
   */
  public ClockEpochs(InstantSource wall, Uptime uptime) {
    this.wall = wall;
    this.uptime = uptime;
    look();
  }

  /**
   * Between two settings of the wall clock.
   *
   * @param machineStartedAt by the wall clock of this epoch
   * @param lastSeen the uptime when it was surely or perhaps still so
   */
  private record Epoch(Instant machineStartedAt, Duration lastSeen) {

    boolean hasShown(Instant moment) {
      return !moment.minus(SLACK).isAfter(machineStartedAt.plus(lastSeen));
    }

    boolean isAfter(Duration start, Instant writtenAt) {
      return !writtenAt.plus(SLACK).isBefore(machineStartedAt.plus(start));
    }
  }

  /** Notes whether the wall clock was set. */
  public synchronized void look() {
    Duration up = uptime.read();
    Instant machineStartedAt = wall.instant().minus(up);
    if (!epochs.isEmpty()) {
      Instant known = epochs.removeLast().machineStartedAt();
      epochs.addLast(new Epoch(known, up));
      if (Duration.between(known, machineStartedAt).abs().compareTo(LEAST_STEP) < 0) {
        return;
      }
    }
    epochs.addLast(new Epoch(machineStartedAt, up));
    if (epochs.size() > MOST) {
      epochs.removeFirst();
    }
  }

  /**
   * Whether a file of this time was written after what began at that uptime, as far as is known.
   */
  public synchronized boolean isAfter(Duration start, Instant writtenAt) {
    look();
    return epochs.stream()
        .filter(epoch -> epoch.hasShown(writtenAt))
        .anyMatch(epoch -> epoch.isAfter(start, writtenAt));
  }
}
