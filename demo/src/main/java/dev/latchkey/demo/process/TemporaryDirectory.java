package dev.latchkey.demo.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A directory that only its owner may enter, removed with all that is in it when closed.
 *
 * @param kept true to leave it in place
 */
public record TemporaryDirectory(Path path, boolean kept) implements AutoCloseable {

  public static TemporaryDirectory create(String prefix, boolean kept) {
    try {
      return new TemporaryDirectory(
          Files.createTempDirectory(
              prefix,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))),
          kept);
    } catch (IOException failed) {
      throw new UncheckedIOException("could not create a temporary directory", failed);
    }
  }

  /** A directory below this one, as private as it. */
  public Path directory(String name) {
    try {
      return Files.createDirectory(
          path.resolve(name),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException failed) {
      throw new UncheckedIOException("could not create " + name, failed);
    }
  }

  @Override
  public void close() {
    if (kept) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException("could not remove " + path, failed);
    }
  }
}
