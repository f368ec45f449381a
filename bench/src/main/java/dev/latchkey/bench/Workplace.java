package dev.latchkey.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A temporary directory that holds one directory for each agent, removed with all of them. */
record Workplace(Path root) implements AutoCloseable {

  static Workplace create() throws IOException {
    return new Workplace(Files.createTempDirectory("latchkey-bench-"));
  }

  /** A fresh directory. */
  Path directory() throws IOException {
    return Files.createTempDirectory(root, "a");
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
