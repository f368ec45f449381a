package dev.latchkey.agent.backup;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds the state store, of mode 0700, and the lock that says that somebody uses
 * it. The kernel drops the lock when the process ends, however it ends. Whoever opened it closes
 * it, last of all.
 */
public final class StateDirectory implements AutoCloseable {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> PRIVATE_FILE =
      PosixFilePermissions.fromString("rw-------");

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;

  private StateDirectory(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Makes the directory where missing and takes its lock.
   *
   * @throws SecretException NOT_POSSIBLE_NOW when others may enter it, it cannot be made, or
   *     another process uses it
   */
  public static StateDirectory open(Path path) {
    try {
      Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      refuseOthers(path);
      return lock(path);
    } catch (IOException e) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "the state directory " + path + " cannot be used; see that the agent's user owns it",
          e);
    }
  }

  private static void refuseOthers(Path path) throws IOException {
    Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
    mode.addAll(Files.getPosixFilePermissions(path));
    mode.removeAll(OWNER_ONLY);
    if (!mode.isEmpty()) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "others may enter the state directory " + path + "; run: chmod 700 " + path);
    }
  }

  private static StateDirectory lock(Path path) throws IOException {
    Path file = path.resolve("lock");
    createPrivate(file);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    FileLock lock = tryLock(channel);
    if (lock == null) {
      channel.close();
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "another agent uses the state directory "
              + path
              + "; stop it first, or name another one");
    }
    return new StateDirectory(path, channel, lock);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** Makes an empty file of mode 0600; nothing when it is there. */
  public static void createPrivate(Path file) throws IOException {
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(PRIVATE_FILE));
    } catch (FileAlreadyExistsException e) {
      // Kept as it is: its mode was 0600 when it was made.
    }
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** The file of the state store. */
  public Path database() {
    return database(path);
  }

  /** The file of the state store in {@code directory}, for those who only read and take no lock. */
  public static Path database(Path directory) {
    return directory.resolve("state.db");
  }

  @Override
  public void close() {
    try (channel) {
      lock.release();
    } catch (IOException e) {
      throw new UncheckedIOException("the lock of the state directory stays", e);
    }
  }
}
