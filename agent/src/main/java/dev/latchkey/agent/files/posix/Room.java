package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.inject.PlacementRefused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes room on a full file system: of all sets there the earlier versions go that stay only for
 * slow readers. A set whose turn another thread has is passed over, since whoever comes here has a
 * turn too, and two that wait for each other would wait for ever. Safe for use by several threads.
 */
final class Room {

  private static final Logger LOG = LoggerFactory.getLogger(Room.class);

  private final Parents parents;

  /** By path; the configuration bounds them. */
  private final Map<Path, Kept> sets = new ConcurrentHashMap<>();

  Room(Parents parents) {
    this.parents = parents;
  }

  private record Kept(Wanted wanted, long device, ReentrantLock turn, Sparing sparing) {}

  /** Notes that a set lies in this directory. */
  void note(Wanted wanted, Directory directory, ReentrantLock turn, Sparing sparing)
      throws PosixFault {
    sets.put(wanted.path(), new Kept(wanted, directory.stat().device(), turn, sparing));
  }

  /**
   * Does what writes at a path. Where there is no room it is done once more with what the set at
   * that path can spare, and then with what all others can.
   */
  <T> T making(Wanted wanted, Work<T> work) throws IOException {
    return making(() -> madeBeside(wanted), () -> making(() -> madeBy(wanted), work));
  }

  private static <T> T making(Work<Boolean> room, Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (PosixFault full) {
      if (!full.isOneOf(Errno.ENOSPC, Errno.EDQUOT) || !room.run()) {
        throw full;
      }
      return work.run();
    }
  }

  private boolean madeBy(Wanted wanted) {
    Kept own = sets.get(wanted.path());
    return own != null && spared(own);
  }

  private boolean madeBeside(Wanted wanted) throws PosixFault {
    long device;
    try (Directory nearest = parents.nearest(wanted)) {
      device = nearest.stat().device();
    }
    boolean made = false;
    for (Kept set : sets.values()) {
      made |= set.device() == device && spared(set);
    }
    return made;
  }

  private boolean spared(Kept set) {
    if (!set.turn().tryLock()) {
      return false;
    }
    try {
      Optional<Directory> found = parents.find(set.wanted());
      if (found.isEmpty()) {
        return false;
      }
      try (Directory directory = found.get()) {
        return set.sparing().in(directory);
      }
    } catch (IOException | PlacementRefused failed) {
      LOG.warn("earlier versions of a delivery stay on a full disk: {}", failed.getMessage());
      return false;
    } finally {
      set.turn().unlock();
    }
  }

  /** What may find the file system full. */
  interface Work<T> {
    T run() throws IOException;
  }

  /** Takes away the versions of a set that need not stay; answers whether there were any. */
  interface Sparing {
    boolean in(Directory directory) throws IOException;
  }
}
