package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.backup.StateBackup;
import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Copies the store by {@code VACUUM INTO} over a connection of its own, so that writers go on. What
 * is sealed in the store is sealed in the copy; names, times and the audit are not. The copy
 * appears under its name whole or not at all.
 */
final class SqliteBackup implements StateBackup {

  private final Path source;

  SqliteBackup(Path source) {
    this.source = source;
  }

  @Override
  public long backup(Path file) {
    Path target = file.toAbsolutePath();
    Path part = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      if (Files.exists(target)) {
        throw exists(file);
      }
      StateDirectory.createPrivate(part);
      onOwnThread(() -> copy(part));
      sync(part);
      // A link, unlike a rename, never takes the place of what came meanwhile.
      Files.createLink(target, part);
      sync(Objects.requireNonNullElse(target.getParent(), target));
      return Files.size(target);
    } catch (FileAlreadyExistsException e) {
      throw exists(file);
    } catch (IOException e) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "the backup "
              + file
              + " cannot be written; name a new file in a directory that the agent may write",
          e);
    } finally {
      deleteQuietly(part);
    }
  }

  private void copy(Path part) {
    try (Connection connection = SqliteFile.openForReading(source);
        PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
      vacuum.setString(1, part.toString());
      vacuum.execute();
    } catch (SQLException e) {
      throw SecretException.of(
          Reason.UNAVAILABLE, "the state store cannot be copied; see that the disk has room", e);
    }
  }

  /** Native calls run on a platform thread, lest they pin the carrier of a virtual one. */
  private static void onOwnThread(Runnable work) {
    try {
      CompletableFuture.runAsync(
              work, task -> Thread.ofPlatform().name("latchkey-backup").start(task))
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException thrown) {
        throw thrown;
      }
      throw e;
    }
  }

  /** Puts a file, or the names in a directory, on the disk. */
  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static SecretException exists(Path file) {
    return SecretException.of(
        Reason.NOT_POSSIBLE_NOW, "the backup " + file + " exists already; name a new file");
  }

  private static void deleteQuietly(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      // A second name of the backup, or the rest of a failed one, of mode 0600: harmless.
      return;
    }
  }
}
