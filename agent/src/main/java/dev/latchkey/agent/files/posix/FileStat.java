package dev.latchkey.agent.files.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * What the kernel says about a file, by {@code statx}, whose structure is the same on every
 * processor.
 *
 * @param mode type and permission bits
 * @param mountRoot whether something is mounted right here
 * @param device the file system that it lies on
 * @param identity which file it is, in which state: it is another after any change
 */
record FileStat(
    int mode, int uid, int gid, long size, boolean mountRoot, long device, String identity) {

  /** The mask of what is asked for. */
  static final int BASIC = 0x7ff;

  private static final int BYTES = 256;
  private static final int ATTRIBUTES = 8;
  private static final int UID = 20;
  private static final int GID = 24;
  private static final int MODE = 28;
  private static final int INODE = 32;
  private static final int SIZE = 40;
  private static final int CHANGED_SECONDS = 96;
  private static final int CHANGED_NANOS = 104;
  private static final int DEVICE_MAJOR = 136;
  private static final int DEVICE_MINOR = 140;
  private static final long MOUNT_ROOT = 0x2000;

  private static final int TYPE = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int SYMLINK = 0120000;
  private static final int BITS = 07777;
  private static final int STICKY = 01000;
  private static final int GROUP_WRITES = 0020;
  private static final int OTHERS_WRITE = 0002;

  static FileStat of(int directory, String name, int flags, Path path) throws PosixFault {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stat = arena.allocate(BYTES, Long.BYTES);
      Libc.statx(directory, name, flags, stat, path);
      return new FileStat(
          Short.toUnsignedInt(stat.get(ValueLayout.JAVA_SHORT, MODE)),
          stat.get(ValueLayout.JAVA_INT, UID),
          stat.get(ValueLayout.JAVA_INT, GID),
          stat.get(ValueLayout.JAVA_LONG, SIZE),
          (stat.get(ValueLayout.JAVA_LONG, ATTRIBUTES) & MOUNT_ROOT) != 0,
          device(stat),
          identity(stat));
    }
  }

  private static long device(MemorySegment stat) {
    return (long) stat.get(ValueLayout.JAVA_INT, DEVICE_MAJOR) << 32
        | Integer.toUnsignedLong(stat.get(ValueLayout.JAVA_INT, DEVICE_MINOR));
  }

  private static String identity(MemorySegment stat) {
    return stat.get(ValueLayout.JAVA_LONG, INODE)
        + " "
        + stat.get(ValueLayout.JAVA_LONG, CHANGED_SECONDS)
        + " "
        + stat.get(ValueLayout.JAVA_INT, CHANGED_NANOS);
  }

  boolean isDirectory() {
    return (mode & TYPE) == DIRECTORY;
  }

  boolean isRegular() {
    return (mode & TYPE) == REGULAR;
  }

  boolean isSymlink() {
    return (mode & TYPE) == SYMLINK;
  }

  int permissions() {
    return mode & BITS;
  }

  boolean othersWrite() {
    return (mode & OTHERS_WRITE) != 0;
  }

  boolean groupWrites() {
    return (mode & GROUP_WRITES) != 0;
  }

  /** Whether others may put in what they like, but touch only what is theirs. */
  boolean sticky() {
    return (mode & STICKY) != 0;
  }

  boolean belongsTo(Ownership ownership, int wantedMode) {
    return uid == ownership.uid() && gid == ownership.gid() && permissions() == wantedMode;
  }
}
