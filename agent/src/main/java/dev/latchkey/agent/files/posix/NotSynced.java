package dev.latchkey.agent.files.posix;

import java.io.IOException;
import java.nio.file.Path;

/** What is new is in its place, but a crash of the machine may still bring the old back. */
final class NotSynced extends IOException {

  private static final long serialVersionUID = 1L;

  NotSynced(Path path, PosixFault why) {
    super(path + " is in its place, but not yet for sure on the disk: " + why.getMessage(), why);
  }
}
