package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.inject.PlacementRefused;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One file in an open directory: swapped by a rename, never written in place. */
final class SingleFile {

  private static final byte[] NOTHING = new byte[0];

  private final Directory directory;
  private final Wanted wanted;
  private final Temporary temporary;
  private final Leftovers leftovers;
  private final Witness witness;

  SingleFile(Directory directory, Wanted wanted, Temporary temporary, Parents parents) {
    this.directory = directory;
    this.wanted = wanted;
    this.temporary = temporary;
    this.leftovers = new Leftovers(directory, wanted, parents);
    this.witness = new Witness(directory, wanted, temporary, parents.own());
  }

  /** What is there, which must be a file or nothing. */
  Optional<FileStat> present() throws PosixFault {
    Optional<FileStat> stat = directory.stat(wanted.name());
    if (stat.isPresent() && stat.get().isSymlink()) {
      throw new PlacementRefused(
          wanted.path(),
          "is a symlink to "
              + directory.readLink(wanted.name()).map(Shown::text).orElse("what changes")
              + ", which is not followed; remove it, or name the file itself");
    }
    if (stat.isPresent() && !stat.get().isRegular()) {
      throw new PlacementRefused(
          wanted.path(), "is there already and no file; remove it, or choose another path");
    }
    return stat;
  }

  /** Answers whether it wrote. */
  boolean write(byte[] bytes) throws IOException {
    List<FileContent> contents = List.of(new FileContent(wanted.name(), bytes));
    if (present().isPresent()
        && (isSame(directory, wanted.name(), bytes, wanted.ownership())
            || witness.tells(wanted.name(), contents))) {
      return false;
    }
    String name = temporary.next(wanted.name());
    NewFile.write(directory, name, bytes, wanted.ownership());
    try {
      directory.rename(name, wanted.name());
    } catch (PosixFault fault) {
      directory.abandon(name, fault);
      throw fault;
    }
    witness.keep(wanted.name(), contents);
    directory.syncSwapped(wanted.path());
    return true;
  }

  /** Leaves it empty where it is there. */
  void blank() throws IOException {
    if (present().isPresent()) {
      write(NOTHING);
    }
    forgetLeft();
  }

  void remove() throws IOException {
    if (present().isPresent()) {
      directory.unlink(wanted.name());
    }
    forgetLeft();
  }

  private void forgetLeft() throws IOException {
    List<IOException> faults = leftovers.remove();
    witness.forget();
    directory.sync();
    Leftovers.raise(faults);
  }

  /** Takes away what a crash left. Never fails. */
  void clean() {
    try {
      Leftovers.tell(leftovers.remove());
    } catch (IOException failed) {
      Leftovers.tell(List.of(failed));
    }
  }

  /** Whether a file has these bytes, owners and mode; what may not be read is not the same. */
  static boolean isSame(Directory directory, String name, byte[] bytes, Ownership ownership)
      throws PosixFault {
    try (Descriptor file = directory.read(name)) {
      FileStat stat = file.stat();
      return stat.isRegular()
          && stat.size() == bytes.length
          && stat.belongsTo(ownership, ownership.mode())
          && file.holds(bytes);
    } catch (PosixFault fault) {
      if (fault.isOneOf(Errno.EACCES, Errno.ENOENT, Errno.ELOOP)) {
        return false;
      }
      throw fault;
    }
  }
}
