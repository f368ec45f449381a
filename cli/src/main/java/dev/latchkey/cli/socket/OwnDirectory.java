package dev.latchkey.cli.socket;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whether a directory is this user's alone: no symlink, owned by this user, and written to by
 * nobody else. In one that lies in {@code /tmp} no other user can then replace anything.
 */
final class OwnDirectory {
  private static final int WRITTEN_BY_OTHERS = 0022;
  private static final int TYPE = 0170000;
  private static final int DIRECTORY = 0040000;

  private OwnDirectory() {}

  /**
   * Checks the directory that a socket is looked for in.
   *
   * @throws CommandFailure UNAVAILABLE when it is not there, DENIED when it is not this user's
   */
  static void check(Path directory, String socket) {
    try {
      Map<String, Object> found =
          Files.readAttributes(directory, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
      int mode = (Integer) found.getOrDefault("mode", 0);
      boolean own = String.valueOf(found.get("uid")).equals(ownUid());
      if (!own || (mode & TYPE) != DIRECTORY || (mode & WRITTEN_BY_OTHERS) != 0) {
        throw foreign(directory);
      }
    } catch (NoSuchFileException e) {
      throw AgentConnection.absent(directory.resolve(socket));
    } catch (IOException | UnsupportedOperationException e) {
      throw foreign(directory);
    }
  }

  private static CommandFailure foreign(Path directory) {
    return new CommandFailure(
        ExitCode.DENIED,
        directory + " is not a directory of this user alone; no agent is looked for in it",
        "Name the socket of an agent that you trust with --socket or LATCHKEY_SOCKET.");
  }

  /** The number of this process's user; the user's name where the system does not tell it. */
  static String ownUid() {
    try {
      return String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException e) {
      return System.getProperty("user.name", "unknown");
    }
  }
}
