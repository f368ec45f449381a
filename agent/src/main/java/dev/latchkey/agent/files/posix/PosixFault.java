package dev.latchkey.agent.files.posix;

import java.io.IOException;
import java.nio.file.Path;

/** A system call on a path failed. The message names both and holds no content. */
final class PosixFault extends IOException {

  private static final long serialVersionUID = 1L;

  private final int errno;

  PosixFault(String call, Path path, int errno) {
    super(Shown.text(path.toString()) + ": " + Errno.text(errno) + " (" + call + ")");
    this.errno = errno;
  }

  int errno() {
    return errno;
  }

  boolean isOneOf(int... errnos) {
    for (int each : errnos) {
      if (each == errno) {
        return true;
      }
    }
    return false;
  }
}
