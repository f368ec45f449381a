package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.inject.Placement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the way of a set that is taken back. */
class TakenBackSetsTest {

  private static final int MANY = 40;

  @TempDir Path directory;

  private final PosixFileTree tree = Deliveries.tree();

  @Test
  void whatSomebodyElsePutIntoAVersionKeepsNothingElseOfItThere() throws IOException {
    Placement set = Deliveries.set(directory.resolve("tls"));
    tree.write(set, Deliveries.three("first"));
    Path version = set.path().toRealPath();
    for (int number = 0; number < MANY; number++) {
      Files.createDirectory(version.resolve("directory-" + number));
    }

    assertThatThrownBy(() -> tree.remove(set))
        .isInstanceOf(UncheckedIOException.class)
        .hasStackTraceContaining("it is a directory");

    assertThat(Deliveries.names(version))
        .hasSize(MANY)
        .doesNotContainAnyElementsOf(Deliveries.NAMES);
    assertThat(set.path()).doesNotExist();
  }

  @Test
  void theDigestForAnotherOwnerGoesWithTheFirstWriteForTheOwnOne() throws IOException {
    Placement file = Deliveries.file(directory.resolve("token"));
    Placement set = Deliveries.set(directory.resolve("tls"));
    Files.writeString(directory.resolve(".token.sum"), "of an earlier owner");
    Files.writeString(directory.resolve(".tls.sum"), "of an earlier owner");
    tree.write(file, Deliveries.one("first"));
    tree.write(set, Deliveries.three("first"));

    assertThat(Deliveries.names(directory)).containsExactly(".tls.1", "tls", "token");
  }
}
