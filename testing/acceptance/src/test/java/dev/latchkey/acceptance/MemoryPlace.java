package dev.latchkey.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A new directory for deliveries, in memory where the machine has such a place. */
record MemoryPlace(Path path) implements AutoCloseable {

  private static final Path MEMORY = Path.of("/dev/shm");

  static MemoryPlace make() throws IOException {
    return new MemoryPlace(
        Files.isWritable(MEMORY)
            ? Files.createTempDirectory(MEMORY, "latchkey-")
            : Files.createTempDirectory("latchkey-"));
  }

  /** What the page shows, here. */
  String here(String example) {
    return example.replace("/run/latchkey", path.toString());
  }

  @Override
  public void close() throws IOException {
    WholeLifeTest.deleteTree(path);
  }
}
