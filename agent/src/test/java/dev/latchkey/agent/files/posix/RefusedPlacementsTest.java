package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.inject.PlacementRefused;
import dev.latchkey.agent.machine.OwnRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusedPlacementsTest {

  @TempDir Path temporary;

  private final PosixFileTree tree = Deliveries.tree();
  private Path inside;
  private Path outside;

  @BeforeEach
  void directories() throws IOException {
    inside = Files.createDirectory(temporary.resolve("inside"));
    outside = Files.createDirectory(temporary.resolve("outside"));
  }

  /** Asserts that check, write, blank and remove all refuse it, each with these words. */
  private void assertRefused(Placement placement, String... words) {
    List<FileContent> contents =
        switch (placement.kind()) {
          case FILE -> Deliveries.one("marker-secret");
          case SET -> Deliveries.three("marker-secret");
        };
    for (Runnable each :
        List.<Runnable>of(
            () -> tree.check(placement),
            () -> tree.write(placement, contents),
            () -> tree.blank(placement),
            () -> tree.remove(placement))) {
      assertThatThrownBy(each::run)
          .isInstanceOf(PlacementRefused.class)
          .hasMessageContainingAll(words)
          .hasMessageNotContaining("marker");
    }
  }

  @Test
  void aSymlinkInThePlaceOfAnyParentIsRefusedByName() throws IOException {
    Path real = Files.createDirectories(outside.resolve("a/b/c"));
    for (int depth = 1; depth <= 3; depth++) {
      Path top = Files.createDirectory(inside.resolve("top" + depth));
      Path names = Path.of("a/b/c");
      Path link = top.resolve(names.subpath(0, depth));
      Files.createDirectories(link.getParent());
      Files.createSymbolicLink(link, outside.resolve(names.subpath(0, depth)));
      Path place = top.resolve(names).resolve("token");

      assertRefused(
          Deliveries.file(place), link + " is a symlink to " + outside, "name the real directory");
      assertRefused(Deliveries.set(place), link + " is a symlink to " + outside);
    }
    assertThat(real).isEmptyDirectory();
  }

  @Test
  void aSymlinkAmongTheParentsThatLeadsNowhereIsRefusedAndNotMade() throws IOException {
    Files.createSymbolicLink(inside.resolve("link"), outside.resolve("missing"));

    assertRefused(Deliveries.file(inside.resolve("link/token")), inside + "/link is a symlink");
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void aSymlinkInThePlaceOfAFileIsRefusedAndNotFollowed() throws IOException {
    Path victim = Files.writeString(outside.resolve("victim"), "untouched");
    Path place = Files.createSymbolicLink(inside.resolve("token"), victim);
    assertRefused(Deliveries.file(place), place + " is a symlink to " + victim);

    Path dangling = Files.createSymbolicLink(inside.resolve("other"), outside.resolve("missing"));
    assertRefused(Deliveries.file(dangling), dangling + " is a symlink");

    assertThat(victim).hasContent("untouched");
    assertThat(Deliveries.names(outside)).containsExactly("victim");
    assertThat(Deliveries.names(inside)).containsExactly("other", "token");
  }

  @Test
  void aPlantedTargetForgesNoLineOfALog() throws IOException {
    String forged = "x\n2026-01-01 ERROR forged\u001b[2J\u202e\u2028" + "y".repeat(3_000);
    for (Placement place :
        List.of(
            Deliveries.file(Files.createSymbolicLink(inside.resolve("a"), Path.of(forged))),
            Deliveries.set(Files.createSymbolicLink(inside.resolve("b"), Path.of(forged))),
            Deliveries.file(
                Files.createSymbolicLink(inside.resolve("c"), Path.of(forged)).resolve("d")))) {
      assertThatThrownBy(() -> tree.check(place))
          .isInstanceOf(PlacementRefused.class)
          .hasMessageContaining(
              "a symlink to x\\u000a2026-01-01 ERROR forged\\u001b[2J\\u202e\\u2028yyy")
          .hasMessageContaining("yyy…")
          .message()
          .hasSizeLessThan(600)
          .doesNotContainPattern("[\\p{Cntrl}\\p{Cf}\u2028]");
    }
  }

  @Test
  void aSymlinkInThePlaceOfASetIsRefusedUnlessItIsTheSetsOwn() throws IOException {
    Path tls = inside.resolve("tls");
    for (String target :
        List.of(
            outside.toString(),
            "../outside",
            ".tls.x",
            "./.tls.1",
            ".tls.1/",
            ".tls.1/../../outside",
            inside.resolve(".tls.1").toString(),
            ".other.1")) {
      Files.createSymbolicLink(tls, Path.of(target));
      if (!Files.readSymbolicLink(tls).toString().equals(".tls.1")) {
        assertRefused(Deliveries.set(tls), tls + " is a symlink to ", "did not make; remove it");
      }
      Files.delete(tls);
    }
    assertThat(outside).isEmptyDirectory();

    tree.write(Deliveries.set(tls), Deliveries.three("first"));
    assertRefused(Deliveries.file(tls), tls + " is a symlink to .tls.1");
  }

  @Test
  void aVersionThatIsASymlinkIsNotWrittenThrough() throws IOException {
    Path tls = inside.resolve("tls");
    tree.write(Deliveries.set(tls), Deliveries.three("first"));
    Files.createSymbolicLink(inside.resolve(".tls.2"), outside);
    Files.writeString(outside.resolve("tls.key"), "untouched");
    tree.write(Deliveries.set(tls), Deliveries.three("second"));

    assertThat(Deliveries.names(outside)).containsExactly("tls.key");
    assertThat(outside.resolve("tls.key")).hasContent("untouched");
    assertThat(tls.resolve("tls.key")).hasContent("second of tls.key");
  }

  @Test
  void aCurrentVersionThatWasExchangedForASymlinkIsNotReadThrough() throws IOException {
    Path tls = inside.resolve("tls");
    tree.write(Deliveries.set(tls), Deliveries.three("first"));
    Files.move(inside.resolve(".tls.1"), outside.resolve("moved"));
    Files.createSymbolicLink(inside.resolve(".tls.1"), outside.resolve("moved"));

    assertThat(tree.write(Deliveries.set(tls), Deliveries.three("first"))).isTrue();
    assertThat(Files.readSymbolicLink(tls)).isEqualTo(Path.of(".tls.2"));
  }

  @Test
  void whatIsNoFileIsNotReplaced() throws IOException {
    Path directory = Files.createDirectory(inside.resolve("directory"));
    Path file = Files.writeString(inside.resolve("file"), "untouched");

    assertRefused(Deliveries.file(directory), directory + " is there already and no file");
    assertRefused(Deliveries.set(directory), directory + " is there already and not the symlink");
    assertRefused(Deliveries.set(file), file + " is there already and not the symlink");
    assertRefused(Deliveries.file(file.resolve("below")), file + " is no directory");
    assertThat(file).hasContent("untouched");
  }

  @Test
  void aPathThatIsNotPlainIsRefused() {
    assertRefused(Deliveries.file(Path.of("relative/token")), "is no absolute path");
    assertRefused(Deliveries.file(inside.resolve("../outside/token")), "is no absolute path");
    assertRefused(Deliveries.file(inside.resolve("./token")), "is no absolute path");
    assertRefused(Deliveries.file(Path.of("/")), "is no place for a file");
    assertRefused(Deliveries.set(inside.resolve("x".repeat(240))), "over 233 bytes");
    tree.write(Deliveries.set(inside.resolve("x".repeat(233))), Deliveries.three("fits"));
  }

  @Test
  void aModeThatGivesMoreThanReadingIsRefused() {
    for (int mode :
        new int[] {0660, 0644, 0604, 0666, 0602, 0700, 0755, 04600, 01600, 0200, 0, 010600}) {
      assertRefused(
          Deliveries.with(Deliveries.file(inside.resolve("token")), mode, "own"),
          "cannot have mode " + String.format("%04o", mode));
    }
  }

  @Test
  void aParentThatEverybodyMayWriteIsRefusedUnlessItIsSticky() throws IOException {
    Path open = Files.createDirectory(inside.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    String[] words = {open + " may be written by everybody", "chmod o-w"};
    assertRefused(Deliveries.file(open.resolve("token")), words);
    assertRefused(Deliveries.set(open.resolve("deeper/tls")), words);
    assertThat(open).isEmptyDirectory();

    Files.setAttribute(open, "unix:mode", 01777);
    tree.write(Deliveries.file(open.resolve("token")), Deliveries.one("first"));
    tree.write(Deliveries.set(open.resolve("deeper/tls")), Deliveries.three("first"));
    assertThat(Deliveries.mode(open.resolve("deeper"))).isEqualTo(0700);
  }

  @Test
  void aParentThatAForeignGroupMayWriteIsRefusedUnlessItIsSticky() throws IOException {
    Precondition.require("root, to play another group", OwnRights.read().mayChown());
    Path open = Files.createDirectory(inside.resolve("open"));
    Files.setAttribute(open, "unix:gid", 23_456);
    Files.setAttribute(open, "unix:mode", 02770);
    String[] words = {open + " may be written by the group 23456", "chmod g-w"};
    assertRefused(Deliveries.file(open.resolve("token")), words);
    assertRefused(Deliveries.with(Deliveries.set(open.resolve("tls")), 0640, "daemon"), words);
    assertThat(open).isEmptyDirectory();

    tree.write(
        Deliveries.with(Deliveries.file(open.resolve("of-the-group")), 0640, "other"),
        Deliveries.one("first"));
    Files.setAttribute(open, "unix:mode", 03770);
    tree.write(Deliveries.file(open.resolve("token")), Deliveries.one("first"));
    for (int group : new HashSet<>(List.of(0, Deliveries.ownGid()))) {
      Path own = Files.createDirectory(inside.resolve("own" + group));
      Files.setAttribute(own, "unix:gid", group);
      Files.setAttribute(own, "unix:mode", 02775);
      tree.write(Deliveries.file(own.resolve("token")), Deliveries.one("first"));
    }
  }

  @Test
  void whatAnotherUserMadeWhereEverybodyMayWriteIsRefused() throws IOException {
    Precondition.require("root, to play another user", OwnRights.read().mayChown());
    Files.setAttribute(inside, "unix:mode", 01777);
    Path planted = Files.createDirectory(inside.resolve("planted"));
    Files.setAttribute(planted, "unix:uid", 23_456);
    assertRefused(
        Deliveries.file(planted.resolve("token")),
        planted + " belongs to user 23456 and lies where");

    Path tls = inside.resolve("tls");
    Files.createSymbolicLink(tls, Path.of(".tls.1"));
    Files.createDirectory(inside.resolve(".tls.1"));
    Files.setAttribute(tls, "unix:uid", 23_456, LinkOption.NOFOLLOW_LINKS);
    assertRefused(Deliveries.set(tls), tls + " is a symlink to .tls.1 that the agent did not make");

    // The owner of a delivery is trusted with it.
    tree.write(
        Deliveries.ownedBy(Deliveries.file(planted.resolve("token")), "other"),
        Deliveries.one("first"));
    assertThat(Deliveries.uid(planted.resolve("token"))).isEqualTo(23_456);
  }

  @Test
  void anotherUsersVersionIsNeitherUsedNorTakenAway() throws IOException {
    Precondition.require("root, to play another user", OwnRights.read().mayChown());
    Files.setAttribute(inside, "unix:mode", 01777);
    for (String planted : List.of(".tls.1", ".tls.999999999999999999")) {
      Files.createDirectory(inside.resolve(planted));
      Files.setAttribute(inside.resolve(planted), "unix:uid", 23_456);
    }
    Placement set = Deliveries.set(inside.resolve("tls"));
    tree.write(set, Deliveries.three("first"));
    tree.write(set, Deliveries.three("second"));

    assertThat(Files.readSymbolicLink(set.path())).isEqualTo(Path.of(".tls.3"));
    assertThat(Deliveries.names(inside))
        .containsExactly(".tls.1", ".tls.2", ".tls.3", ".tls.999999999999999999", "tls");
  }

  @Test
  void aGroupOrUserThatDoesNotExistIsRefused() {
    Placement file = Deliveries.file(inside.resolve("token"));
    assertRefused(
        Deliveries.with(file, 0640, "nobody-knows"),
        "cannot belong to the group nobody-knows: there is none");
    assertRefused(
        Deliveries.ownedBy(file, "nobody-knows"),
        "cannot belong to the user nobody-knows: there is none");
  }

  @Test
  void ownersThatTheKernelWouldNotGiveAreRefusedBeforeAnythingIsWritten() {
    OwnRights poor = new OwnRights(1000, 1000, Set.of(1000, 1), false);
    Placement file = Deliveries.file(inside.resolve("token"));

    assertThatThrownBy(
            () -> Wanted.of(Deliveries.ownedBy(file, "other"), poor, Deliveries.accounts()))
        .isInstanceOf(PlacementRefused.class)
        .hasMessageContainingAll("cannot belong to other", "CAP_CHOWN", "name a group");
    assertThatThrownBy(
            () -> Wanted.of(Deliveries.with(file, 0640, "other"), poor, Deliveries.accounts()))
        .isInstanceOf(PlacementRefused.class)
        .hasMessageContainingAll("the group other", "not in it", "CAP_CHOWN");
    assertThat(
            Wanted.of(Deliveries.with(file, 0640, "daemon"), poor, Deliveries.accounts())
                .ownership())
        .isEqualTo(new Ownership(1000, 1, 0640));
    assertThat(Wanted.of(Deliveries.ownedBy(file, "1000"), poor, Deliveries.accounts()).ownership())
        .isEqualTo(new Ownership(1000, 1000, 0600));
  }

  @Test
  void theOwnRightsAreReadFromTheKernelsWords() {
    assertThat(
            OwnRights.parse(
                List.of(
                    "Uid:\t1000\t1001\t1002\t1003",
                    "Gid:\t4\t5\t6\t7",
                    "Groups:\t5 24 4294967294 ",
                    "CapEff:\t0000000000000001")))
        .isEqualTo(new OwnRights(1001, 5, Set.of(5, 24, -2), true));
    assertThat(
            OwnRights.parse(
                List.of("Uid:\t0\t0\t0\t0", "Gid:\t0\t0\t0\t0", "Groups:\t ", "CapEff:\t00000002")))
        .isEqualTo(new OwnRights(0, 0, Set.of(), false));
  }
}
