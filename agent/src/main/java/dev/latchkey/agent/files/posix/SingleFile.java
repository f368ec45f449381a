package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.inject.PlacementRefused;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/** One file in an open directory: swapped by a rename, never written in place. */
final class SingleFile {

  private final Directory directory;
  private final Wanted wanted;
  private final Temporary temporary;

  SingleFile(Directory directory, Wanted wanted, Temporary temporary) {
    this.directory = directory;
    this.wanted = wanted;
    this.temporary = temporary;
  }

  /** What is there, which must be a file or nothing. */
  Optional<FileStat> present() throws PosixFault {
    Optional<FileStat> stat = directory.stat(wanted.name());
    if (stat.isPresent() && stat.get().isSymlink()) {
      throw new PlacementRefused(
          wanted.path(),
          "is a symlink to "
              + directory.readLink(wanted.name()).orElse("what changes")
              + ", which is not followed; remove it, or name the file itself");
    }
    if (stat.isPresent() && !stat.get().isRegular()) {
      throw new PlacementRefused(
          wanted.path(), "is there already and no file; remove it, or choose another path");
    }
    return stat;
  }

  /** Answers whether it wrote. */
  boolean write(byte[] bytes) throws PosixFault {
    Optional<FileStat> present = present();
    if (present.isPresent() && isSame(directory, wanted.name(), bytes, wanted.ownership())) {
      return false;
    }
    String name = temporary.next(wanted.name());
    NewFile.write(directory, name, bytes, wanted.ownership());
    try {
      directory.rename(name, wanted.name());
    } catch (PosixFault fault) {
      directory.unlink(name);
      throw fault;
    }
    directory.sync();
    return true;
  }

  void remove() throws PosixFault {
    if (present().isPresent()) {
      directory.unlink(wanted.name());
      directory.sync();
    }
  }

  /** Takes away what a crash left. */
  void clean() throws IOException {
    Pattern left = Temporary.of(wanted.name());
    for (String name : directory.names()) {
      if (left.matcher(name).matches()) {
        directory.unlink(name);
      }
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
