package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.machine.OwnRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody puts entries under the names of what a crash leaves; deliveries go on. */
class PlantedLeftoversTest {

  private static final String LEFT_OF_SET = ".tls.0123456789abcdef.tmp";
  private static final String LEFT_OF_FILE = ".token.0123456789abcdef.tmp";

  @TempDir Path temporary;

  private final PosixFileTree tree = Deliveries.tree();
  private Path directory;
  private Placement file;
  private Placement set;

  @BeforeEach
  void places() throws IOException {
    directory = Files.createDirectory(temporary.resolve("shared"));
    Files.setAttribute(directory, "unix:mode", 01777);
    file = Deliveries.file(directory.resolve("token"));
    set = Deliveries.set(directory.resolve("tls"));
  }

  private void plantDirectories() throws IOException {
    Files.createDirectory(directory.resolve(LEFT_OF_SET));
    Files.createDirectory(directory.resolve(LEFT_OF_FILE));
  }

  @Test
  void aPlantedDirectoryStopsNoWrite() throws IOException {
    plantDirectories();
    for (int number = 1; number <= 3; number++) {
      assertThat(tree.write(file, Deliveries.one("number " + number))).isTrue();
      assertThat(tree.write(set, Deliveries.three("number " + number))).isTrue();
    }
    assertThat(file.path()).hasContent("number 3");
    assertThat(set.path().resolve("tls.key")).hasContent("number 3 of tls.key");
  }

  @Test
  void oneThatIsPlantedBetweenTwoWritesDoesNotHideThatTheSecondChanged() throws IOException {
    tree.write(file, Deliveries.one("first"));
    tree.write(set, Deliveries.three("first"));
    plantDirectories();

    assertThat(tree.write(file, Deliveries.one("second"))).isTrue();
    assertThat(tree.write(set, Deliveries.three("second"))).isTrue();
  }

  @Test
  void aPlantedDirectoryKeepsNoSecretAlive() throws IOException {
    for (int number = 1; number <= 3; number++) {
      tree.write(file, Deliveries.one("number " + number));
      tree.write(set, Deliveries.three("number " + number));
    }
    plantDirectories();
    tree.blank(file);
    tree.blank(set);
    assertThat(file.path()).isEmptyFile();
    assertThat(Deliveries.names(directory))
        .containsExactly(LEFT_OF_SET, ".tls.4", LEFT_OF_FILE, "tls", "token");

    tree.remove(file);
    tree.remove(set);
    assertThat(Deliveries.names(directory)).containsExactly(LEFT_OF_SET, LEFT_OF_FILE);
  }

  @Test
  void whatIsAnotherUsersIsLeftToIt() throws IOException {
    Precondition.require("root, to play another user", OwnRights.read().mayChown());
    for (String name : new String[] {LEFT_OF_SET, LEFT_OF_FILE}) {
      Files.writeString(directory.resolve(name), "of somebody else");
      Files.setAttribute(directory.resolve(name), "unix:uid", 23_456);
    }
    tree.write(file, Deliveries.one("first"));
    tree.write(set, Deliveries.three("first"));
    tree.remove(file);
    tree.remove(set);
    assertThat(Deliveries.names(directory)).containsExactly(LEFT_OF_SET, LEFT_OF_FILE);
  }
}
