package dev.latchkey.agent.target.postgresql;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The programs of PostgreSQL, unpacked once for all tests of a module: that takes seconds of a
 * processor.
 */
public final class PostgresPrograms {

  /** Of mode 0700, since whoever writes here is executed. */
  private static final Path HOME = Path.of("target", "postgres").toAbsolutePath();

  private static final Path UNPACKED = HOME.resolve("unpacked");

  private PostgresPrograms() {}

  /** Starts a server from them. Until they are unpacked, one test process at a time. */
  public static synchronized EmbeddedPostgres start(EmbeddedPostgres.Builder server)
      throws IOException {
    server.setOverrideWorkingDirectory(UNPACKED.toFile());
    Files.createDirectories(
        HOME, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try (FileChannel file =
            FileChannel.open(
                HOME.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock alone = file.lock()) {
      if (!areWhole()) {
        removeTheRest();
        return server.start();
      }
    }
    return server.start();
  }

  /** The unpacking ends with this file. */
  private static boolean areWhole() throws IOException {
    if (!Files.exists(UNPACKED)) {
      return false;
    }
    try (Stream<Path> versions = Files.list(UNPACKED)) {
      return versions.anyMatch(version -> Files.exists(version.resolve(".exists")));
    }
  }

  /** What a process that was killed unpacked in part would be taken for whole. */
  private static void removeTheRest() throws IOException {
    if (!Files.exists(UNPACKED)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(UNPACKED)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : deepestFirst) {
      Files.delete(each);
    }
  }
}
