package dev.latchkey.agent.files.posix;

import java.nio.file.Path;

/**
 * The lists of who else may read (POSIX ACLs), which a directory can hand down to what is made in
 * it. Such a list takes effect with the mode that a delivery is given, so it is taken away before:
 * owner, group and mode say all.
 */
final class AccessList {

  private static final String OF_ITSELF = "system.posix_acl_access";
  private static final String HANDED_DOWN = "system.posix_acl_default";

  private AccessList() {}

  /** Takes it away from a new file that nobody else has open. */
  static void dropOfFile(int descriptor, Path path) throws PosixFault {
    drop(descriptor, OF_ITSELF, path);
  }

  /** Takes both away from a new directory, so that nothing is handed on. */
  static void dropOfDirectory(int descriptor, Path path) throws PosixFault {
    drop(descriptor, HANDED_DOWN, path);
    drop(descriptor, OF_ITSELF, path);
  }

  /** By way of /proc, since what is open for steps alone has no attributes. */
  private static void drop(int descriptor, String list, Path path) throws PosixFault {
    try {
      Libc.removexattr("/proc/self/fd/" + descriptor, list, path);
    } catch (PosixFault fault) {
      if (!fault.isOneOf(Errno.ENODATA, Errno.EOPNOTSUPP)) {
        throw fault;
      }
    }
  }
}
