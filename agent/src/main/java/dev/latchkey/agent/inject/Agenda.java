package dev.latchkey.agent.inject;

import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a delivery does next, and when: a machine without input or output, which is told what
 * happened. In nanoseconds of the clock that never goes back. Confined to its delivery's mailbox.
 *
 * <p>A change is written when its quiet window is over, the last reload has settled, the last
 * failure was waited out, and no reload is under way. Its values are read first, which may take
 * long, and may be written only when that still holds for the swap. A reload waits for its own
 * failures alone; and while a change waits, for that change, whose own reload tells of both. A
 * change that could not be written lets one attempt of the reload pass, so that neither starves the
 * other.
 */
final class Agenda {

  /** How long what failed waits before it is done again. */
  static final Backoff AGAIN = new Backoff(Duration.ofMillis(200), Duration.ofMinutes(1));

  /** How long a program that is not there is looked for, at least: it may be about to start. */
  static final Duration LOOKED_FOR = Duration.ofSeconds(30);

  /** How many quiet windows a change waits at most. */
  private static final int LONGEST = 4;

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final TimeSource time;
  private final Delivery.Pace pace;

  private boolean changeWaits;
  private boolean reading;
  private boolean joining;
  private long firstChange;
  private long quietUntil;
  private long settledAt;
  private long writeAgainAt;

  private boolean reloadWaits;
  private boolean reloadMayPass;
  private boolean reloadQueued;
  private boolean reloading;
  private long reloadAgainAt;
  private boolean passes;
  private boolean lookedFor;
  private long lookedForUntil;

  private boolean saveWaits;
  private long saveAgainAt;

  /** What can be done. */
  enum Act {
    /** To read the values, and to write them then. */
    WRITE,
    RELOAD,
    /** To keep in the store what could not be kept there when it happened. */
    SAVE
  }

  /**
   * One thing to do.
   *
   * @param nanos how long until then; zero or less for now
   */
  record Step(Act act, long nanos) {}

  Agenda(TimeSource time, Delivery.Pace pace) {
    this.time = time;
    this.pace = pace;
    long now = time.nanoTime();
    settledAt = now;
    writeAgainAt = now;
  }

  /** The next thing to do; empty while there is nothing but to wait for news. */
  Optional<Step> next() {
    return Stream.of(write(), reload(), save())
        .flatMap(Optional::stream)
        .reduce((first, other) -> other.nanos() - first.nanos() < 0 ? other : first);
  }

  private Optional<Step> write() {
    return changeWaits && !reading && !reloading ? step(Act.WRITE, writeAt()) : Optional.empty();
  }

  private long writeAt() {
    return later(later(quietUntil, settledAt), writeAgainAt);
  }

  private Optional<Step> reload() {
    return reloadWaits && !reloadQueued && !reloading && (!changeWaits || mayPass())
        ? step(Act.RELOAD, reloadAgainAt)
        : Optional.empty();
  }

  /** Whether a reload may come before a change that waits. */
  private boolean mayPass() {
    return reloadMayPass || writeAt() - reloadAgainAt >= timeToEnd().toNanos();
  }

  /** For how long nothing is swapped, at least, after a program may have begun to read. */
  private Duration timeToEnd() {
    return pace.settle().compareTo(LOOKED_FOR) < 0 ? pace.settle() : LOOKED_FOR;
  }

  private Optional<Step> save() {
    return saveWaits ? step(Act.SAVE, saveAgainAt) : Optional.empty();
  }

  private Optional<Step> step(Act act, long at) {
    return Optional.of(new Step(act, at - time.nanoTime()));
  }

  boolean changeWaits() {
    return changeWaits;
  }

  /** Whether the program is still to be told of something that it is not being told right now. */
  boolean reloadWaits() {
    return reloadWaits;
  }

  /**
   * Something changed, which is new hope for what failed. It is joined with what changes soon after
   * it, though not with what was tried before.
   */
  void changed() {
    long now = time.nanoTime();
    if (!joining) {
      firstChange = now;
    }
    joining = true;
    changeWaits = true;
    quietUntil =
        earlier(
            now + pace.quiet().toNanos(),
            firstChange + pace.quiet().multipliedBy(LONGEST).toNanos());
    writeAgainAt = now;
  }

  /** What waits is written without waiting for quiet, as at the start. */
  void changedAtStart() {
    changed();
    quietUntil = time.nanoTime();
  }

  /** The values are being read; nothing else is read for a write before that is over. */
  void readBegins() {
    reading = true;
    joining = false;
  }

  /** The values are there, or are not to be had. What waits still waits. */
  void readEnds() {
    reading = false;
  }

  /** Whether the values that were read may be swapped in now. */
  boolean maySwap() {
    return !reloading && time.nanoTime() - settledAt >= 0;
  }

  /** What was news until now is written; the next news is joined with none of it. */
  void written(boolean reload) {
    joining = false;
    changeWaits = false;
    reloadMayPass = false;
    if (reload) {
      owesReload();
    }
  }

  void notWritten(Duration again) {
    joining = false;
    changeWaits = true;
    reloadMayPass = true;
    writeAgainAt = in(again);
  }

  /** The program is to be told, now; a reload that is queued tells of this too. */
  void owesReload() {
    lookedFor = false;
    if (!reloadQueued) {
      reloadWaits = true;
      reloadAgainAt = time.nanoTime();
    }
  }

  /** What was written was taken away, of which no later write may ever tell. */
  void takenBack(boolean reload) {
    reloadMayPass = true;
    if (reload) {
      owesReload();
    }
  }

  /**
   * A reload was asked for, and begins when there is a thread for it; files may change till then.
   */
  void reloadAsked() {
    reloadQueued = true;
    reloadWaits = false;
    passes = changeWaits && settledAt - time.nanoTime() > 0;
  }

  /** The thread came while files were being changed, so it is to be asked for again. */
  void reloadNotBegun() {
    reloadQueued = false;
    owesReload();
  }

  /** The reload that was asked for is under way; nothing is swapped before one of three ends it. */
  void reloadBegins() {
    if (reloadQueued) {
      reloadQueued = false;
      reloading = true;
    }
  }

  /** What somebody waits for; empty when for nothing. */
  Optional<String> waitsFor() {
    if (reloading && changeWaits) {
      return Optional.of("a change waits until the program was told of the one before");
    }
    return reloadQueued
        ? Optional.of("its program is told when a reload of another has ended")
        : Optional.empty();
  }

  void told() {
    reloadEnds();
    settledAt = in(pace.settle());
  }

  /** There was nobody to tell. A program that is about to start is looked for a while. */
  void nobody() {
    reloadEnds();
    long now = time.nanoTime();
    if (!lookedFor) {
      lookedFor = true;
      lookedForUntil = now + longer(pace.settle(), LOOKED_FOR).toNanos();
    }
    if (now - lookedForUntil < 0 && !reloadWaits) {
      reloadWaits = true;
      reloadAgainAt = in(LOOK_AGAIN);
    }
  }

  /**
   * The program may have begun to read, so it is given the time to end; a change that waited longer
   * for that already is not put off by each attempt that comes before it.
   */
  void notTold(Duration again) {
    reloadEnds();
    reloadWaits = true;
    reloadMayPass = false;
    reloadAgainAt = in(again);
    settledAt = passes ? later(settledAt, in(timeToEnd())) : in(pace.settle());
  }

  private void reloadEnds() {
    reloadQueued = false;
    reloading = false;
  }

  void saved() {
    saveWaits = false;
  }

  void notSaved(Duration again) {
    saveWaits = true;
    saveAgainAt = in(again);
  }

  private long in(Duration span) {
    return time.nanoTime() + span.toNanos();
  }

  private static long later(long a, long b) {
    return a - b > 0 ? a : b;
  }

  private static long earlier(long a, long b) {
    return a - b > 0 ? b : a;
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
