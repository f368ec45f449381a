package dev.latchkey.acceptance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How a process is started as another uid: {@code setpriv} as root, a mapped user namespace else.
 */
final class OtherUser {

  /** The uid of the other user. */
  static final int UID = 23_456;

  private OtherUser() {}

  /**
   * The words in front of a command that make it run as uid {@link #UID} of gid {@link #UID}; empty
   * when this machine offers no way.
   */
  static Optional<List<String>> words() {
    List<String> direct =
        List.of("setpriv", "--reuid=" + UID, "--regid=" + UID, "--clear-groups", "--");
    if (works(direct)) {
      return Optional.of(direct);
    }
    List<String> mapped =
        new ArrayList<>(List.of("unshare", "--map-root-user", "--map-auto", "--"));
    mapped.addAll(direct);
    return works(mapped) ? Optional.of(List.copyOf(mapped)) : Optional.empty();
  }

  private static boolean works(List<String> words) {
    List<String> command = new ArrayList<>(words);
    command.add("true");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
