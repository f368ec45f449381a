package dev.latchkey.agent.files.posix;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes a file that is whole from its first moment: owners, mode and bytes are on the disk before
 * it has a name.
 *
 * <p>Where a file system offers no file without a name, or the kernel lets nobody name a file that
 * is somebody else's, the file has its name from the start, with mode 0600 until its owners are
 * right; so only a name may be asked for that nobody reads yet.
 */
final class NewFile {

  static final int OWNER_ONLY = 0600;

  private static final int UNCHANGED = -1;

  private NewFile() {}

  /** Makes a file under a name that nothing has. After a failure nothing is there. */
  static void write(Directory directory, String name, byte[] bytes, Ownership ownership)
      throws PosixFault {
    Optional<Descriptor> unnamed = directory.unnamed(name);
    if (unnamed.isPresent()) {
      try (Descriptor file = unnamed.get()) {
        fill(file, bytes, ownership);
        if (linked(directory, file, name)) {
          return;
        }
      }
    }
    writeNamed(directory, name, bytes, ownership);
  }

  private static boolean linked(Directory directory, Descriptor file, String name)
      throws PosixFault {
    try {
      directory.link(file, name);
      return true;
    } catch (PosixFault fault) {
      if (fault.isOneOf(Errno.EPERM, Errno.ENOENT, Errno.EOPNOTSUPP)) {
        return false;
      }
      throw fault;
    }
  }

  private static void writeNamed(
      Directory directory, String name, byte[] bytes, Ownership ownership) throws PosixFault {
    try (Descriptor file = directory.named(name)) {
      try {
        fill(file, bytes, ownership);
      } catch (PosixFault fault) {
        directory.abandon(name, fault);
        throw fault;
      }
    }
  }

  private static void fill(Descriptor file, byte[] bytes, Ownership ownership) throws PosixFault {
    AccessList.dropOfFile(file.number(), file.path());
    give(file.number(), file.path(), ownership, ownership.mode());
    file.write(bytes);
    file.sync();
  }

  /**
   * Sets owners and mode so that at no moment anybody has a right that is not meant to stay: the
   * group, then the mode, then the user, after whom only a privileged process could go on.
   */
  static void give(int descriptor, Path path, Ownership ownership, int mode) throws PosixFault {
    FileStat stat = FileStat.of(descriptor, "", Flags.AT_EMPTY_PATH, path);
    if (stat.gid() != ownership.gid()) {
      Libc.fchown(descriptor, UNCHANGED, ownership.gid(), Flags.AT_EMPTY_PATH, path);
    }
    Libc.fchmod(descriptor, mode, path);
    if (stat.uid() != ownership.uid()) {
      Libc.fchown(descriptor, ownership.uid(), UNCHANGED, Flags.AT_EMPTY_PATH, path);
    }
  }
}
