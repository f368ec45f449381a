package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.inject.FileThreads;
import dev.latchkey.agent.inject.FileTree;
import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.inject.PlacementRefused;
import dev.latchkey.agent.inject.SyncFailed;
import dev.latchkey.agent.machine.Accounts;
import dev.latchkey.agent.machine.OwnRights;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes deliveries with mode and owners from their first moment, and swaps them by one rename.
 *
 * <p>A file {@code NAME} is made without a name, gets owners, mode and bytes, is synced, named
 * {@code .NAME.….tmp} and renamed. A set is a symlink {@code NAME} to a directory {@code .NAME.7}
 * beside it. The umask does not matter. A timer takes away versions that nobody reads any more.
 */
public final class PosixFileTree implements FileTree {

  private final Accounts accounts;
  private static final Logger LOG = LoggerFactory.getLogger(PosixFileTree.class);

  private final TimeSource time;
  private final Timers timers;
  private final FileThreads threads;
  private final Temporary temporary;
  private final OwnRights own = OwnRights.read();
  private final Parents parents = new Parents(own);
  private final Room room = new Room(parents);

  /** One for each path that was ever asked for; the configuration bounds them. */
  private final Map<Path, Turn> turns = new ConcurrentHashMap<>();

  /** What was found at first; a directory of accounts that fails later stops no delivery. */
  private final Map<Placement, Wanted> known = new ConcurrentHashMap<>();

  /**
   * A tree over the machine's file system, for the user that this process runs as.
   *
   * @param threads takes away what nobody reads any more
   */
  public PosixFileTree(
      Accounts accounts,
      RandomGenerator random,
      TimeSource time,
      Timers timers,
      FileThreads threads) {
    this.accounts = accounts;
    this.time = time;
    this.timers = timers;
    this.threads = threads;
    this.temporary = new Temporary(random);
  }

  @Override
  public boolean check(Placement placement) {
    Wanted wanted = Wanted.of(placement, own, accounts);
    known.put(placement, wanted);
    return translated(
        wanted,
        () -> {
          try (Directory nearest = parents.nearest(wanted)) {
            if (nearest.path().equals(wanted.directory())) {
              switch (placement.kind()) {
                case FILE -> file(nearest, wanted).present();
                case SET -> set(nearest, wanted).current();
              }
            }
            return nearest.isInMemory();
          }
        });
  }

  @Override
  public boolean write(Placement placement, List<FileContent> contents) {
    checkNumber(placement, contents);
    Wanted wanted = wanted(placement);
    return inTurn(
        wanted,
        turn -> {
          try (Directory directory = room.making(wanted, () -> parents.make(wanted))) {
            boolean written =
                room.making(
                    wanted,
                    () ->
                        switch (placement.kind()) {
                          case FILE ->
                              writeFile(file(directory, wanted), turn, contents.getFirst());
                          case SET -> writeSet(directory, wanted, turn, contents);
                        });
            pruneLater(wanted, turn);
            return turn.settled(written, directory, wanted);
          } catch (NotSynced swapped) {
            turn.unsynced = true;
            throw swapped;
          }
        });
  }

  private static boolean writeFile(SingleFile file, Turn turn, FileContent content)
      throws IOException {
    turn.cleanOnce(file::clean);
    return file.write(content.bytes());
  }

  private boolean writeSet(
      Directory directory, Wanted wanted, Turn turn, List<FileContent> contents)
      throws IOException {
    FileSet set = set(directory, wanted);
    turn.cleanOnce(set::clean);
    room.note(
        wanted,
        directory,
        turn.lock,
        found -> turn.earlier.isWaiting() && set(found, wanted).spare());
    boolean written = set.write(contents);
    if (written) {
      set.clean();
    }
    return written;
  }

  /** Versions that stay for slow readers go when nobody can read them, also if nothing changes. */
  private void pruneLater(Wanted wanted, Turn turn) {
    if (turn.earlier.isWaiting() && !turn.pruning) {
      turn.pruning = true;
      Timers.Timer _ =
          timers.schedule(
              EarlierVersions.LONGEST_READ,
              () ->
                  threads.execute(
                      wanted.path(), () -> prune(wanted), failed -> notPruned(wanted, failed)));
    }
  }

  private void prune(Wanted wanted) {
    try {
      boolean _ =
          inTurn(
              wanted,
              turn -> {
                turn.pruning = false;
                Optional<Directory> found = parents.find(wanted);
                if (found.isPresent()) {
                  try (Directory directory = found.get()) {
                    set(directory, wanted).clean();
                  }
                  pruneLater(wanted, turn);
                }
                return true;
              });
    } catch (PlacementRefused | UncheckedIOException failed) {
      LOG.warn("earlier versions of a delivery stay: {}", failed.getMessage());
    }
  }

  /** The next change of the set prunes it. */
  private void notPruned(Wanted wanted, Throwable failed) {
    turn(wanted).pruning = false;
    LOG.warn("earlier versions of a delivery stay: {}", failed.getClass().getSimpleName());
  }

  private static void checkNumber(Placement placement, List<FileContent> contents) {
    long names = contents.stream().map(FileContent::name).distinct().count();
    boolean fits =
        switch (placement.kind()) {
          case FILE -> contents.size() == 1;
          case SET -> names > 0 && names == contents.size();
        };
    if (!fits) {
      throw new IllegalArgumentException(
          placement.path() + " takes other contents: " + contents.size() + ", names: " + names);
    }
  }

  @Override
  public void blank(Placement placement) {
    whereItIs(
        placement,
        (directory, wanted) -> {
          switch (placement.kind()) {
            case FILE -> file(directory, wanted).blank();
            case SET -> set(directory, wanted).blank();
          }
        });
  }

  @Override
  public void remove(Placement placement) {
    whereItIs(
        placement,
        (directory, wanted) -> {
          switch (placement.kind()) {
            case FILE -> file(directory, wanted).remove();
            case SET -> set(directory, wanted).remove();
          }
        });
  }

  private Wanted wanted(Placement placement) {
    return known.computeIfAbsent(placement, each -> Wanted.of(each, own, accounts));
  }

  private SingleFile file(Directory directory, Wanted wanted) {
    return new SingleFile(directory, wanted, temporary, parents);
  }

  private FileSet set(Directory directory, Wanted wanted) {
    return new FileSet(directory, wanted, temporary, parents, turn(wanted).earlier);
  }

  private Turn turn(Wanted wanted) {
    return turns.computeIfAbsent(wanted.path(), path -> new Turn(new EarlierVersions(time)));
  }

  private void whereItIs(Placement placement, Change change) {
    Wanted wanted = wanted(placement);
    inTurn(
        wanted,
        turn -> {
          Optional<Directory> found = parents.find(wanted);
          if (found.isPresent()) {
            try (Directory directory = found.get()) {
              boolean _ =
                  room.making(
                      wanted,
                      () -> {
                        change.make(directory, wanted);
                        return true;
                      });
              turn.unsynced = false;
            }
          }
          return found.isPresent();
        });
  }

  private <T> T inTurn(Wanted wanted, Turned<T> work) {
    Turn turn = turn(wanted);
    turn.lock.lock();
    try {
      return translated(wanted, () -> work.in(turn));
    } catch (PlacementRefused | UncheckedIOException failed) {
      turn.cleaned = false;
      throw failed;
    } finally {
      turn.lock.unlock();
    }
  }

  private static <T> T translated(Wanted wanted, Room.Work<T> work) {
    try {
      return work.run();
    } catch (PosixFault fault) {
      if (fault.isOneOf(Errno.EPERM, Errno.EACCES, Errno.EROFS)) {
        throw new PlacementRefused(
            wanted.path(),
            "cannot be written by the agent's user, because of " + fault.getMessage());
      }
      throw new UncheckedIOException(
          wanted.path() + " could not be written, and nothing is left half-written", fault);
    } catch (NotSynced swapped) {
      throw new SyncFailed(String.valueOf(swapped.getMessage()), swapped);
    } catch (IOException failed) {
      throw new UncheckedIOException(wanted.path() + " could not be written", failed);
    }
  }

  /**
   * Whose turn it is at a path, whether what a crash left there is gone, and whether something was
   * swapped in that nobody was told of because its sync failed.
   */
  private static final class Turn {

    private final ReentrantLock lock = new ReentrantLock();
    private final EarlierVersions earlier;
    private boolean cleaned;
    private volatile boolean pruning;
    private boolean unsynced;

    Turn(EarlierVersions earlier) {
      this.earlier = earlier;
    }

    void cleanOnce(Runnable cleaning) {
      if (!cleaned) {
        cleaning.run();
        cleaned = true;
      }
    }

    /** Whether anything was written since somebody was last told, all of it on the disk. */
    boolean settled(boolean written, Directory directory, Wanted wanted) throws NotSynced {
      if (unsynced && !written) {
        directory.syncSwapped(wanted.path());
      }
      boolean changed = written || unsynced;
      unsynced = false;
      return changed;
    }
  }

  private interface Turned<T> {
    T in(Turn turn) throws IOException;
  }

  private interface Change {
    void make(Directory directory, Wanted wanted) throws IOException;
  }
}
