package dev.latchkey.agent.files.posix;

/** The constants of Linux's file calls; two of them differ between the processors. */
final class Flags {

  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");

  static final int O_WRONLY = 1;
  static final int O_CREAT = 0100;
  static final int O_EXCL = 0200;
  static final int O_NONBLOCK = 04000;
  static final int O_DIRECTORY = ARM ? 040000 : 0200000;
  static final int O_NOFOLLOW = ARM ? 0100000 : 0400000;
  static final int O_CLOEXEC = 02000000;
  static final int O_PATH = 010000000;
  static final int O_TMPFILE = 020000000 | O_DIRECTORY;

  static final int AT_FDCWD = -100;
  static final int AT_SYMLINK_NOFOLLOW = 0x100;
  static final int AT_EACCESS = 0x200;
  static final int AT_REMOVEDIR = 0x200;
  static final int AT_SYMLINK_FOLLOW = 0x400;
  static final int AT_EMPTY_PATH = 0x1000;

  static final int MAY_READ_WRITE_SEARCH = 7;

  private Flags() {}
}
