package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory that hands a list of who may read down to what is made in it. */
class DefaultAccessTest {

  private static final int SOMEBODY = 23_456;

  @TempDir Path directory;

  private final PosixFileTree tree = Deliveries.tree();

  @BeforeEach
  void list() {
    Precondition.require(
        "a file system with access lists", DefaultAccess.letRead(directory, SOMEBODY));
  }

  @Test
  void whatIsHandedDownOtherwise() throws IOException {
    Path made = Files.createFile(directory.resolve("control"));
    assertThat(DefaultAccess.isOn(made, "access")).isTrue();
  }

  @Test
  void nobodyButOwnerAndGroupMayReadWhatIsDelivered() throws IOException {
    Placement file = Deliveries.file(directory.resolve("token"));
    Placement deeper = Deliveries.file(directory.resolve("made/for/token"));
    Placement set = Deliveries.set(directory.resolve("tls"));
    for (Placement each : List.of(file, deeper)) {
      tree.write(Deliveries.with(each, 0640, "own"), Deliveries.one("first"));
    }
    tree.write(Deliveries.with(set, 0640, "own"), Deliveries.three("first"));

    for (String name :
        List.of("token", "made", "made/for", "made/for/token", ".tls.1", ".tls.1/tls.key")) {
      Path path = directory.resolve(name);
      assertThat(DefaultAccess.isOn(path, "access")).as(name).isFalse();
      assertThat(DefaultAccess.isOn(path, "default")).as(name).isFalse();
    }
    assertThat(Deliveries.mode(file.path())).isEqualTo(0640);
    assertThat(Deliveries.mode(directory.resolve(".tls.1"))).isEqualTo(0750);
    assertThat(Deliveries.mode(directory.resolve("made/for"))).isEqualTo(0700);
    assertThat(tree.write(Deliveries.with(file, 0640, "own"), Deliveries.one("first"))).isFalse();
  }
}
