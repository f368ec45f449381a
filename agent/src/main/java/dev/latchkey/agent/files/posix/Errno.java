package dev.latchkey.agent.files.posix;

/** The errors of Linux that are told apart here, and what they mean in words. */
final class Errno {

  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EACCES = 13;
  static final int EEXIST = 17;
  static final int ENOTDIR = 20;
  static final int EISDIR = 21;
  static final int EINVAL = 22;
  static final int EFBIG = 27;
  static final int ENOSPC = 28;
  static final int EROFS = 30;
  static final int ENOTEMPTY = 39;
  static final int ELOOP = 40;
  static final int ENODATA = 61;
  static final int EOPNOTSUPP = 95;
  static final int EDQUOT = 122;

  private Errno() {}

  /** Completes the sentence that names what was tried. */
  static String text(int errno) {
    return switch (errno) {
      case EPERM -> "the operation is not permitted";
      case ENOENT -> "there is no such file or directory";
      case EACCES -> "the permission is denied";
      case EEXIST -> "it exists already";
      case ENOTDIR -> "it is no directory";
      case EISDIR -> "it is a directory";
      case EINVAL -> "the argument is invalid";
      case EFBIG -> "the file would be larger than this process may write";
      case ENOSPC -> "no space is left on the device";
      case EROFS -> "the file system is read-only";
      case ENOTEMPTY -> "the directory is not empty";
      case ELOOP -> "it is a symlink";
      case EOPNOTSUPP -> "the file system does not offer it";
      case EDQUOT -> "the disk quota is used up";
      default -> "error " + errno;
    };
  }
}
