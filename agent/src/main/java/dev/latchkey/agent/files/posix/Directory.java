package dev.latchkey.agent.files.posix;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An open directory. What is done is done to names in it, never to a path, and no symlink is
 * followed, so nobody can lead it elsewhere by renaming what lies above. Owns its descriptor.
 */
final class Directory implements AutoCloseable {

  static final int OWNER_ONLY = 0700;

  private static final long TMPFS = 0x01021994L;
  private static final long RAMFS = 0x858458f6L;
  private static final int STATFS_BYTES = 256;
  private static final int LONGEST_LINK = 4096;

  private final int descriptor;
  private final Path path;

  private Directory(int descriptor, Path path) {
    this.descriptor = descriptor;
    this.path = path;
  }

  /** The root of the file system. */
  static Directory root() throws PosixFault {
    Path root = Path.of("/");
    return new Directory(
        Libc.openat(
            Flags.AT_FDCWD, "/", Flags.O_PATH | Flags.O_DIRECTORY | Flags.O_CLOEXEC, 0, root),
        root);
  }

  /** Where it was found; for messages. */
  Path path() {
    return path;
  }

  Path path(String name) {
    return path.resolve(name);
  }

  /** A directory in this one, for steps further down only; it need not be readable. */
  Directory step(String name) throws PosixFault {
    int flags = Flags.O_PATH | Flags.O_DIRECTORY | Flags.O_NOFOLLOW | Flags.O_CLOEXEC;
    return new Directory(Libc.openat(descriptor, name, flags, 0, path(name)), path(name));
  }

  /** This directory once more, to be listed, synced and written in. */
  Directory opened() throws PosixFault {
    return new Directory(
        Libc.openat(descriptor, ".", Flags.O_DIRECTORY | Flags.O_CLOEXEC, 0, path), path);
  }

  /** A directory in this one, to be listed, synced and written in. */
  Directory open(String name) throws PosixFault {
    try (Directory step = step(name)) {
      return step.opened();
    }
  }

  /** Makes a directory for the own user alone, whatever the umask and the parent's bits say. */
  void make(String name, int ownUid) throws PosixFault {
    Libc.mkdirat(descriptor, name, OWNER_ONLY, path(name));
    try (Directory made = step(name)) {
      FileStat stat = made.stat();
      if (stat.uid() == ownUid) {
        AccessList.dropOfDirectory(made.descriptor, made.path);
      }
      if (stat.uid() == ownUid && stat.permissions() != OWNER_ONLY) {
        made.changeMode(OWNER_ONLY);
      }
    }
  }

  /** Takes over a directory that another user owns; needs CAP_CHOWN. */
  void takeOver(String name, int ownUid) throws PosixFault {
    try (Directory other = step(name)) {
      Libc.fchown(other.descriptor, ownUid, -1, Flags.AT_EMPTY_PATH, other.path);
      other.changeMode(OWNER_ONLY);
    }
  }

  /** By way of /proc, since what is open for steps alone takes no fchmod. */
  private void changeMode(int mode) throws PosixFault {
    Libc.fchmodat(Flags.AT_FDCWD, "/proc/self/fd/" + descriptor, mode, path);
  }

  /** Gives the directory the owners and the mode that fit the files in it. */
  void give(Ownership ownership) throws PosixFault {
    NewFile.give(descriptor, path, ownership, ownership.directoryMode());
  }

  FileStat stat() throws PosixFault {
    return FileStat.of(descriptor, "", Flags.AT_EMPTY_PATH, path);
  }

  /** What is at a name, itself and not what it may point to. */
  Optional<FileStat> stat(String name) throws PosixFault {
    try {
      return Optional.of(FileStat.of(descriptor, name, Flags.AT_SYMLINK_NOFOLLOW, path(name)));
    } catch (PosixFault fault) {
      if (fault.isOneOf(Errno.ENOENT)) {
        return Optional.empty();
      }
      throw fault;
    }
  }

  /** Where a symlink points; empty when it is none, or none any more. */
  Optional<String> readLink(String name) throws PosixFault {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment into = arena.allocate(LONGEST_LINK);
      int length = Libc.readlinkat(descriptor, name, into, path(name));
      byte[] target = into.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
      return Optional.of(new String(target, StandardCharsets.UTF_8));
    } catch (PosixFault fault) {
      if (fault.isOneOf(Errno.EINVAL, Errno.ENOENT)) {
        return Optional.empty();
      }
      throw fault;
    }
  }

  /** The names in it. */
  List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(Path.of("/proc/self/fd/" + descriptor))) {
      entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
    } catch (DirectoryIteratorException failed) {
      throw failed.getCause();
    }
    return names;
  }

  /** Opens a file that is there, to be read. */
  Descriptor read(String name) throws PosixFault {
    int flags = Flags.O_NOFOLLOW | Flags.O_NONBLOCK | Flags.O_CLOEXEC;
    return new Descriptor(Libc.openat(descriptor, name, flags, 0, path(name)), path(name));
  }

  /** A new file without a name, where the file system offers that. */
  Optional<Descriptor> unnamed(String name) throws PosixFault {
    int flags = Flags.O_TMPFILE | Flags.O_WRONLY | Flags.O_CLOEXEC;
    try {
      return Optional.of(
          new Descriptor(
              Libc.openat(descriptor, ".", flags, NewFile.OWNER_ONLY, path(name)), path(name)));
    } catch (PosixFault fault) {
      if (fault.isOneOf(Errno.EOPNOTSUPP, Errno.EISDIR, Errno.EINVAL, Errno.ENOENT)) {
        return Optional.empty();
      }
      throw fault;
    }
  }

  /** A new file under a name that nothing has. */
  Descriptor named(String name) throws PosixFault {
    int flags = Flags.O_CREAT | Flags.O_EXCL | Flags.O_WRONLY | Flags.O_NOFOLLOW | Flags.O_CLOEXEC;
    return new Descriptor(
        Libc.openat(descriptor, name, flags, NewFile.OWNER_ONLY, path(name)), path(name));
  }

  /** Gives a file without a name one that nothing has. */
  void link(Descriptor file, String name) throws PosixFault {
    Libc.linkat(
        Flags.AT_FDCWD,
        "/proc/self/fd/" + file.number(),
        descriptor,
        name,
        Flags.AT_SYMLINK_FOLLOW,
        path(name));
  }

  void symlink(String target, String name) throws PosixFault {
    Libc.symlinkat(target, descriptor, name, path(name));
  }

  /** Puts one entry in the place of another, which whoever looks sees before or after. */
  void rename(String name, String newName) throws PosixFault {
    Libc.renameat(descriptor, name, newName, path(newName));
  }

  /** Takes away what is no directory; does nothing where nothing is. */
  void unlink(String name) throws PosixFault {
    unlink(name, 0);
  }

  /** Takes away what could not be finished, without hiding why. */
  void abandon(String name, PosixFault why) {
    try {
      unlink(name);
    } catch (PosixFault left) {
      why.addSuppressed(left);
    }
  }

  /** Takes away an empty directory; does nothing where nothing is. */
  void removeDirectory(String name) throws PosixFault {
    unlink(name, Flags.AT_REMOVEDIR);
  }

  private void unlink(String name, int flags) throws PosixFault {
    try {
      Libc.unlinkat(descriptor, name, flags, path(name));
    } catch (PosixFault fault) {
      if (!fault.isOneOf(Errno.ENOENT)) {
        throw fault;
      }
    }
  }

  /** Waits until its names are on the disk. */
  void sync() throws PosixFault {
    Libc.fsync(descriptor, path);
  }

  /** Whether the own user has these rights, as 4 for reading, to what is at a name. */
  boolean may(String name, int rights) throws PosixFault {
    try {
      Libc.faccessat(descriptor, name, rights, Flags.AT_EACCESS, path(name));
      return true;
    } catch (PosixFault fault) {
      if (fault.isOneOf(Errno.EACCES)) {
        return false;
      }
      throw fault;
    }
  }

  /** Waits until a swap in it is on the disk, after which there is no way back. */
  void syncSwapped(Path swapped) throws NotSynced {
    try {
      sync();
    } catch (PosixFault fault) {
      throw new NotSynced(swapped, fault);
    }
  }

  /** Fails where the own user may not read, write and search it. */
  void checkUsable() throws PosixFault {
    Libc.faccessat(descriptor, ".", Flags.MAY_READ_WRITE_SEARCH, Flags.AT_EACCESS, path);
  }

  /** Whether it lies in memory. */
  boolean isInMemory() throws PosixFault {
    try (Directory opened = opened();
        Arena arena = Arena.ofConfined()) {
      MemorySegment into = arena.allocate(STATFS_BYTES, Long.BYTES);
      Libc.fstatfs(opened.descriptor, into, path);
      long type = into.get(ValueLayout.JAVA_LONG, 0);
      return type == TMPFS || type == RAMFS;
    }
  }

  @Override
  public void close() {
    Libc.close(descriptor);
  }
}
