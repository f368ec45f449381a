package dev.latchkey.agent.rpc;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * Where a Unix socket lies: its directory is closed before the socket is bound, so that nobody
 * reaches the socket in the moment between its making and its mode.
 *
 * @param group the group that may enter the directory; empty to let only the agent's own user in
 * @param mode the socket's own mode, such as {@code rw-rw-rw-}
 */
record SocketPath(Path socket, Optional<String> group, String mode) {

  /** What the kernel's {@code sun_path} takes, without the byte that ends it. */
  private static final int LONGEST = 107;

  private static final int ROOT = 0;

  /** The socket of the application service: everybody whom the directory lets in. */
  static SocketPath application(Path socket, Optional<String> group) {
    return new SocketPath(socket, group, "rw-rw-rw-");
  }

  /** The socket of the operator service: the agent's own user alone. */
  static SocketPath operator(Path socket) {
    return new SocketPath(socket, Optional.empty(), "rw-------");
  }

  SocketPath {
    socket = socket.toAbsolutePath().normalize();
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST) {
      throw SecretException.invalid(
          "socket",
          "is " + length + " bytes long; the kernel takes " + LONGEST + ": choose a shorter path");
    }
  }

  /**
   * Makes the directory, or checks the one there is, and removes a socket that an earlier run left.
   *
   * @param stateLockHeld whether this process holds the lock of the state directory; without it, a
   *     socket that is already there may belong to a running agent and stays
   */
  void prepare(boolean stateLockHeld) throws IOException {
    Path directory = directory();
    if (Files.isDirectory(directory)) {
      check(directory);
    } else {
      make(directory);
    }
    removeStale(stateLockHeld);
  }

  /** Gives the bound socket its mode. */
  void open() throws IOException {
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(mode));
  }

  private Path directory() {
    Path directory = socket.getParent();
    if (directory == null) {
      throw SecretException.invalid("socket", "has no directory that could be closed to others");
    }
    return directory;
  }

  private Set<PosixFilePermission> directoryMode() {
    return PosixFilePermissions.fromString(group.isPresent() ? "rwxr-x---" : "rwx------");
  }

  private void make(Path directory) throws IOException {
    Path above = directory.getParent();
    if (above != null) {
      Files.createDirectories(above);
    }
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    giveToGroup(directory);
    Files.setPosixFilePermissions(directory, directoryMode());
  }

  private void check(Path directory) throws IOException {
    PosixFileAttributes found = Files.readAttributes(directory, PosixFileAttributes.class);
    if (!directoryMode().containsAll(found.permissions())) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          directory
              + " lets others in ("
              + PosixFilePermissions.toString(found.permissions())
              + "); run chmod "
              + (group.isPresent() ? "0750 " : "0700 ")
              + directory
              + (group.isPresent() ? "" : ", or set agent.socket_group for mode 0750"));
    }
    checkOwner(directory);
    giveToGroup(directory);
    if (group.isPresent()) {
      Files.setPosixFilePermissions(directory, directoryMode());
    }
  }

  /** Whoever owns the directory may replace the socket in it. */
  private static void checkOwner(Path directory) throws IOException {
    int owner = uid(directory);
    if (owner != ROOT && owner != uid(Path.of("/proc/self"))) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          directory + " belongs to uid " + owner + "; give it to the agent's own user or to root");
    }
  }

  private static int uid(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid");
  }

  private void giveToGroup(Path directory) throws IOException {
    if (group.isEmpty()) {
      return;
    }
    PosixFileAttributeView view =
        Files.getFileAttributeView(directory, PosixFileAttributeView.class);
    view.setGroup(
        directory
            .getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByGroupName(group.get()));
  }

  private void removeStale(boolean stateLockHeld) throws IOException {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    BasicFileAttributes found =
        Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isOther()) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          socket + " exists and is no socket; move it or change agent.socket");
    }
    if (!stateLockHeld) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          socket + " exists and may belong to a running agent; stop that one");
    }
    Files.delete(socket);
  }
}
