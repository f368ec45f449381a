package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.inject.PlacementRefused;
import dev.latchkey.agent.machine.Accounts;
import dev.latchkey.agent.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosixFileTreeTest {

  @TempDir Path temporary;

  private final PosixFileTree tree = Deliveries.tree();
  private Path directory;
  private Placement file;
  private Placement set;

  @BeforeEach
  void places() {
    directory = temporary.resolve("run/app");
    file = Deliveries.file(directory.resolve("token"));
    set = Deliveries.set(directory.resolve("tls"));
  }

  @Test
  void aFileIsReadableForItsOwnerAloneAndSoAreTheParentsThatWereMissing() throws IOException {
    assertThat(tree.write(file, Deliveries.one("first"))).isTrue();

    assertThat(file.path()).hasContent("first");
    assertThat(Deliveries.mode(file.path())).isEqualTo(0600);
    assertThat(Deliveries.mode(directory)).isEqualTo(0700);
    assertThat(Deliveries.mode(temporary.resolve("run"))).isEqualTo(0700);
    assertThat(Deliveries.names(directory)).containsExactly("token");
  }

  @Test
  void aChangeReplacesTheFileAndDoesNotWriteIntoIt() throws IOException {
    tree.write(file, Deliveries.one("first"));
    Path old = Files.createLink(directory.resolve("still-open"), file.path());
    tree.write(file, Deliveries.one("second"));

    assertThat(file.path()).hasContent("second");
    assertThat(old).hasContent("first");
  }

  @Test
  void theSameBytesAreNotWrittenAgain() throws IOException {
    tree.write(file, Deliveries.one("first"));
    tree.write(set, Deliveries.three("first"));
    Object inode = Deliveries.inode(file.path());

    assertThat(tree.write(file, Deliveries.one("first"))).isFalse();
    assertThat(tree.write(set, Deliveries.three("first"))).isFalse();
    assertThat(Deliveries.tree().write(file, Deliveries.one("first"))).isFalse();
    assertThat(Deliveries.tree().write(set, Deliveries.three("first"))).isFalse();

    assertThat(Deliveries.inode(file.path())).isEqualTo(inode);
    assertThat(Deliveries.names(directory)).containsExactly(".tls.1", "tls", "token");
  }

  @Test
  void anotherModeIsAChange() throws IOException {
    Placement wider = Deliveries.with(file, 0640, "own");
    tree.write(file, Deliveries.one("first"));

    assertThat(tree.write(wider, Deliveries.one("first"))).isTrue();
    assertThat(Deliveries.mode(file.path())).isEqualTo(0640);
    assertThat(tree.write(wider, Deliveries.one("first"))).isFalse();
  }

  @Test
  void whatSomebodyElseWroteIntoADeliveryIsReplaced() throws IOException {
    tree.write(file, Deliveries.one("first"));
    tree.write(set, Deliveries.three("first"));
    Files.writeString(file.path(), "wrong");
    Files.writeString(set.path().resolve("tls.key"), "wrong");
    Files.writeString(set.path().resolve("tls.more"), "wrong");

    assertThat(tree.write(file, Deliveries.one("first"))).isTrue();
    assertThat(tree.write(set, Deliveries.three("first"))).isTrue();
    assertThat(file.path()).hasContent("first");
    assertThat(set.path().resolve("tls.key")).hasContent("first of tls.key");
    assertThat(Deliveries.names(set.path())).isEqualTo(Deliveries.NAMES);
  }

  @Test
  void aSetIsADirectoryOfAVersionBehindARelativeSymlink() throws IOException {
    tree.write(set, Deliveries.three("first"));

    assertThat(Files.readSymbolicLink(set.path())).isEqualTo(Path.of(".tls.1"));
    assertThat(Deliveries.mode(directory.resolve(".tls.1"))).isEqualTo(0700);
    for (String name : Deliveries.NAMES) {
      assertThat(set.path().resolve(name)).hasContent("first of " + name);
      assertThat(Deliveries.mode(set.path().resolve(name))).isEqualTo(0600);
    }
  }

  @Test
  void thePreviousTwoVersionsOfASetStayWhole() throws IOException {
    for (int number = 1; number <= 5; number++) {
      assertThat(tree.write(set, Deliveries.three("version " + number))).isTrue();
    }

    assertThat(Deliveries.names(directory)).containsExactly(".tls.3", ".tls.4", ".tls.5", "tls");
    for (int number = 3; number <= 5; number++) {
      for (String name : Deliveries.NAMES) {
        assertThat(directory.resolve(".tls." + number).resolve(name))
            .hasContent("version " + number + " of " + name);
      }
    }
  }

  @Test
  void aFileThatIsNoLongerInTheSetIsNotInItsNextVersion() throws IOException {
    tree.write(set, Deliveries.three("first"));
    tree.write(set, List.of(Deliveries.content("only", "second")));

    assertThat(Deliveries.names(set.path())).containsExactly("only");
  }

  @Test
  void aGroupMayReadTheFileAndEnterTheSet() throws IOException {
    String group = Deliveries.anotherGroup();
    tree.write(Deliveries.with(file, 0640, group), Deliveries.one("first"));
    tree.write(Deliveries.with(set, 0640, group), Deliveries.three("first"));

    assertThat(Deliveries.mode(file.path())).isEqualTo(0640);
    assertThat(Deliveries.mode(directory.resolve(".tls.1"))).isEqualTo(0750);
    assertThat(Deliveries.mode(set.path().resolve("tls.key"))).isEqualTo(0640);
    for (Path each :
        List.of(file.path(), directory.resolve(".tls.1"), set.path().resolve("tls.key"))) {
      assertThat(Deliveries.gid(each)).isEqualTo(Deliveries.number(group));
      assertThat(Deliveries.uid(each)).isEqualTo(Deliveries.ownUid());
    }
  }

  @Test
  void accountsAreAskedOnceAndMayFailLater() {
    List<String> asked = new ArrayList<>();
    Accounts once =
        new Accounts() {
          @Override
          public OptionalInt uid(String user) {
            return gid(user);
          }

          @Override
          public OptionalInt gid(String group) {
            asked.add(group);
            return asked.size() == 1 ? OptionalInt.of(Deliveries.ownGid()) : OptionalInt.empty();
          }
        };
    PosixFileTree asking =
        new PosixFileTree(
            once,
            new SecureRandom(),
            TimeSource.system(),
            Deliveries.NO_TIMERS,
            Deliveries.THREADS);
    Placement grouped = Deliveries.with(file, 0640, "of-a-directory");
    asking.check(grouped);
    for (int number = 0; number < 3; number++) {
      assertThat(asking.write(grouped, Deliveries.one("number " + number))).isTrue();
    }
    asking.blank(grouped);
    asking.remove(grouped);
    assertThat(asked).containsExactly("of-a-directory");
  }

  @Test
  void theGroupOfTheDirectoryIsNotInherited() throws IOException {
    Files.createDirectories(directory);
    String group = Deliveries.anotherGroup();
    Files.setAttribute(directory, "unix:gid", Deliveries.number(group));
    Files.setAttribute(directory, "unix:mode", 02750);
    tree.write(Deliveries.file(directory.resolve("below/token")), Deliveries.one("first"));
    tree.write(file, Deliveries.one("first"));
    tree.write(set, Deliveries.three("first"));

    assertThat(Deliveries.mode(directory.resolve("below"))).isEqualTo(0700);
    assertThat(Deliveries.mode(directory.resolve(".tls.1"))).isEqualTo(0700);
    for (String each : List.of("token", ".tls.1", "tls/tls.key")) {
      assertThat(Deliveries.gid(directory.resolve(each))).isEqualTo(Deliveries.ownGid());
    }
  }

  @Test
  void blankLeavesEmptyFilesAndNoEarlierVersion() throws IOException {
    tree.write(file, Deliveries.one("first"));
    tree.write(set, Deliveries.three("first"));
    tree.write(set, Deliveries.three("second"));
    tree.blank(file);
    tree.blank(set);

    assertThat(file.path()).isEmptyFile();
    assertThat(Deliveries.mode(file.path())).isEqualTo(0600);
    assertThat(Deliveries.names(directory)).containsExactly(".tls.3", "tls", "token");
    assertThat(Deliveries.names(set.path())).isEqualTo(Deliveries.NAMES);
    for (String name : Deliveries.NAMES) {
      assertThat(set.path().resolve(name)).isEmptyFile();
    }
    assertThat(tree.write(set, Deliveries.three("third"))).isTrue();
    assertThat(set.path().resolve("tls.crt")).hasContent("third of tls.crt");
  }

  @Test
  void removeLeavesNothingButTheDirectory() throws IOException {
    tree.write(file, Deliveries.one("first"));
    tree.write(set, Deliveries.three("first"));
    tree.write(set, Deliveries.three("second"));
    Files.writeString(directory.resolve(".token.0123456789abcdef.tmp"), "left by a crash");
    tree.remove(file);
    tree.remove(set);

    assertThat(Deliveries.names(directory)).isEmpty();
  }

  @Test
  void blankAndRemoveOfWhatWasNeverWrittenDoNothing() throws IOException {
    for (Placement each : List.of(file, set)) {
      tree.blank(each);
      tree.remove(each);
    }
    assertThat(temporary).isEmptyDirectory();

    Files.createDirectories(directory);
    for (Placement each : List.of(file, set)) {
      tree.blank(each);
      tree.remove(each);
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void whatACrashLeftGoesWithTheNextWriteAndNothingElse() throws IOException {
    tree.write(file, Deliveries.one("first"));
    tree.write(set, Deliveries.three("first"));
    Files.writeString(directory.resolve(".token.0123456789abcdef.tmp"), "half");
    Files.createSymbolicLink(directory.resolve(".tls.0123456789abcdef.tmp"), Path.of(".tls.2"));
    Files.createDirectory(directory.resolve(".tls.2"));
    Files.writeString(directory.resolve(".tls.2/tls.crt"), "half");
    List<String> others =
        List.of(".token.1", ".token.tmp", ".other.0123456789abcdef.tmp", ".tls.x", ".tls.7");
    for (String other : others) {
      Files.writeString(directory.resolve(other), "of somebody else");
    }

    PosixFileTree next = Deliveries.tree();
    next.write(file, Deliveries.one("first"));
    next.write(set, Deliveries.three("second"));

    List<String> expected = new ArrayList<>(others);
    expected.addAll(List.of(".tls.1", "tls", "token", ".tls.2"));
    assertThat(Deliveries.names(directory)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(set.path().resolve("tls.crt")).hasContent("second of tls.crt");
  }

  @Test
  void aVersionThatSomebodyTookAwayIsWrittenAgain() throws IOException {
    tree.write(set, Deliveries.three("first"));
    for (String name : Deliveries.NAMES) {
      Files.delete(set.path().resolve(name));
    }
    Files.delete(directory.resolve(".tls.1"));

    assertThat(tree.write(set, Deliveries.three("first"))).isTrue();
    assertThat(set.path().resolve("tls.crt")).hasContent("first of tls.crt");
  }

  @Test
  void namesOfAnyAlphabetAndBytesOfAnyValueAreWritten() throws IOException {
    byte[] bytes = new byte[200_001];
    for (int each = 0; each < bytes.length; each++) {
      bytes[each] = (byte) each;
    }
    Placement strange = Deliveries.set(directory.resolve("a.b [c]* $d"));
    tree.write(
        strange, List.of(new FileContent(" -rf\n", bytes), new FileContent("e", new byte[0])));

    assertThat(strange.path().resolve(" -rf\n")).hasBinaryContent(bytes);
    assertThat(strange.path().resolve("e")).isEmptyFile();
  }

  @Test
  void checkTellsWhetherAPlaceIsInMemoryAndMakesNothing() {
    assertThat(tree.check(Deliveries.file(Path.of("/dev/shm/latchkey-none/token")))).isTrue();
    assertThat(Path.of("/dev/shm/latchkey-none")).doesNotExist();
    assertThat(tree.check(Deliveries.set(Path.of("/dev/shm/latchkey-none/tls")))).isTrue();
    tree.check(file);
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void contentsThatDoNotFitTheKindAreAMistakeOfTheCaller() {
    List<FileContent> twice = List.of(Deliveries.content("a", "1"), Deliveries.content("a", "2"));
    for (List<FileContent> wrong : List.of(List.<FileContent>of(), twice)) {
      assertThatThrownBy(() -> tree.write(file, wrong))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> tree.write(set, wrong)).isInstanceOf(IllegalArgumentException.class);
    }
    for (String name : List.of("", ".", "..", "a/b", "/a", "a\0", "../a")) {
      assertThatThrownBy(() -> Deliveries.content(name, "x"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aContentDoesNotTellItsBytes() {
    assertThat(Deliveries.content("a", "marker-bytes").toString())
        .contains("a")
        .doesNotContain("marker");
  }

  @Test
  void noDescriptorStaysOpen() throws IOException {
    tree.write(file, Deliveries.one("first"));
    tree.write(set, Deliveries.three("first"));
    int before = openDirectories();
    for (int number = 0; number < 20; number++) {
      tree.check(set);
      tree.write(file, Deliveries.one("number " + number));
      tree.write(set, Deliveries.three("number " + number));
      tree.blank(set);
    }
    tree.remove(file);
    tree.remove(set);
    for (Placement each : List.of(file, set)) {
      assertThatThrownBy(() -> tree.check(Deliveries.file(each.path().resolve("a/../b"))))
          .isInstanceOf(PlacementRefused.class);
      tree.write(Deliveries.file(each.path()), Deliveries.one("a file now"));
      assertThatThrownBy(() -> tree.write(Deliveries.set(each.path()), Deliveries.three("x")))
          .isInstanceOf(PlacementRefused.class);
    }
    assertThat(openDirectories()).isEqualTo(before);
  }

  private static int openDirectories() throws IOException {
    int open = 0;
    for (String number : Deliveries.names(Path.of("/proc/self/fd"))) {
      Optional<Path> target = target(Path.of("/proc/self/fd").resolve(number));
      if (target.isPresent() && Files.isDirectory(target.get())) {
        open++;
      }
    }
    return open;
  }

  private static Optional<Path> target(Path link) {
    try {
      return Optional.of(Files.readSymbolicLink(link));
    } catch (IOException closedMeanwhile) {
      return Optional.empty();
    }
  }

  @Test
  void aFileIsWrittenInADirectoryThatOthersMayRead() throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    tree.write(file, Deliveries.one("first"));

    assertThat(Deliveries.mode(file.path())).isEqualTo(0600);
    assertThat(Deliveries.mode(directory)).isEqualTo(0755);
  }
}
