package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which earlier versions of one set stay whole for whoever resolved its directory and still reads:
 * the previous two for ever, and besides them each one that was replaced less than {@link
 * #LONGEST_READ} ago, however often the set changed since. A bound on their number and their bytes
 * keeps a set that never stops changing from filling the memory. Confined to the turn at its path.
 */
final class EarlierVersions {

  /** How many versions before the current one stay in any case. */
  static final int ALWAYS = 2;

  /** For how long a version stays after it was replaced; as long as a reload usually settles. */
  static final Duration LONGEST_READ = Duration.ofSeconds(10);

  /** How many stay at most. */
  static final int MOST = 1_000;

  /** How many bytes those beyond {@link #ALWAYS} take at most, in whole pages. */
  static final long MOST_BYTES = 8L << 20;

  /** What a file system in memory gives at least, in bytes. */
  static final int PAGE = 4096;

  private final TimeSource time;
  private final Map<Long, Long> replacedAt = new HashMap<>();
  private final Map<Long, Long> bytes = new HashMap<>();
  private boolean waiting;

  EarlierVersions(TimeSource time) {
    this.time = time;
  }

  /** Notes how much a version takes; one of an earlier life of the agent counts as nothing. */
  void filled(long version, List<FileContent> contents) {
    bytes.put(version, PAGE + contents.stream().mapToLong(EarlierVersions::pages).sum());
  }

  private static long pages(FileContent content) {
    return Math.ceilDiv(content.bytes().length, PAGE) * (long) PAGE;
  }

  /** Whether some stay only for a while, as was found last. */
  boolean isWaiting() {
    return waiting;
  }

  /**
   * Answers which stay besides the current one.
   *
   * @param earlier the versions before it that are there, the latest first; one that was not among
   *     them before was replaced now
   */
  Set<Long> staying(long current, List<Long> earlier) {
    long now = time.nanoTime();
    Set<Long> there = new HashSet<>(earlier);
    replacedAt.keySet().retainAll(there);
    bytes.keySet().removeIf(version -> version != current && !there.contains(version));
    Set<Long> stay = new HashSet<>();
    long held = 0;
    for (long version : earlier) {
      long since = now - replacedAt.computeIfAbsent(version, replaced -> now);
      boolean always = stay.size() < ALWAYS;
      held += always ? 0 : bytes.getOrDefault(version, 0L);
      boolean fits = stay.size() < MOST && held <= MOST_BYTES;
      if (always || (fits && since < LONGEST_READ.toNanos())) {
        stay.add(version);
      }
    }
    waiting = stay.size() > ALWAYS;
    return stay;
  }
}
