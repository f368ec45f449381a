package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {

  private static final List<String> AS_ROOT = List.of("unshare", "--mount");
  private static final List<String> AS_USER = List.of("unshare", "--map-root-user", "--mount");

  private static final int RENDERINGS = Boolean.getBoolean("latchkey.soak") ? 10_000 : 150;
  private static final Pattern OUTCOMES =
      Pattern.compile(
          "(\\d+) written, (\\d+) on a full disk, (\\d+) not rendered; left over: \\[]");

  @TempDir Path temporary;

  @Test
  void aFullDiskLeavesWhatWasThereAndNothingElse() throws Exception {
    Path disk = Files.createDirectory(temporary.resolve("disk"));
    List<String> words = withADiskOf("192k", disk);

    assertFilled(
        Child.run(Child.readableCommand(temporary, words, "fill", disk.toString())),
        "no space is left");
    assertThat(disk).isEmptyDirectory();
  }

  @Test
  void versionsThatMightStillBeReadMakeRoomForTheNext() throws Exception {
    Path disk = Files.createDirectory(temporary.resolve("disk"));
    assertThat(
            Child.run(
                Child.readableCommand(
                    temporary, withADiskOf("192k", disk), "burst", disk.toString())))
        .containsExactly("done", "7 of tls.key");
  }

  @Test
  void versionsOfASetMakeRoomForWhatLiesBesideIt() throws Exception {
    Path disk = Files.createDirectory(temporary.resolve("disk"));
    assertThat(
            Child.run(
                Child.readableCommand(
                    temporary, withADiskOf("192k", disk), "beside", disk.toString(), "61440")))
        .containsExactly(
            "done", "[.tls.2, .tls.3, .tls.4, full, tls, token]", "61440", "4 of tls.key");
  }

  /** The root, two files, the symlink of a set and four versions, each with its four files. */
  @Test
  void whatIsTakenBackNeedsNoRoomThatASetBesideItCanSpare() throws Exception {
    Path disk = Files.createDirectory(temporary.resolve("disk"));
    assertThat(
            Child.run(
                Child.readableCommand(
                    temporary,
                    withADiskOf("1m,nr_inodes=24", disk),
                    "beside",
                    disk.toString(),
                    "0")))
        .containsExactly("done", "[.tls.2, .tls.3, .tls.4, full, tls, token]", "0", "4 of tls.key");
  }

  /** Three versions of a set take 12 files, what they lie in and their symlink two more. */
  @Test
  void aBlankedSetNeedsNoRoomBesidesItsEarlierVersions() throws Exception {
    Path disk = Files.createDirectory(temporary.resolve("disk"));
    assertThat(
            Child.run(
                Child.readableCommand(
                    temporary, withADiskOf("192k,nr_inodes=17", disk), "blank", disk.toString())))
        .containsExactly("done", "[.tls.4, tls]", "0");
  }

  @Test
  void whateverIsRenderedOntoAFullDiskIsThereWholeOrNotAtAll() throws Exception {
    Path disk = Files.createDirectory(temporary.resolve("disk"));
    long seed = new SecureRandom().nextLong();
    List<String> words = withADiskOf("512k", disk);
    String[] arguments = {
      "render", disk.toString(), Integer.toString(RENDERINGS), Long.toString(seed)
    };

    List<String> lines = Child.run(Child.command(words, arguments));
    System.out.println("rendered onto a small disk, seed " + seed + ": " + lines);
    assertThat(lines).hasSize(1);
    Matcher told = OUTCOMES.matcher(lines.getFirst());
    assertThat(told.matches()).as(lines.getFirst()).isTrue();
    int sum = 0;
    for (int i = 1; i <= told.groupCount(); i++) {
      assertThat(Integer.parseInt(told.group(i))).as(lines.getFirst()).isPositive();
      sum += Integer.parseInt(told.group(i));
    }
    assertThat(sum).as("a file and a set for each").isEqualTo(2 * RENDERINGS);
  }

  /** The words that give a child a small disk of its own in place of a directory. */
  private static List<String> withADiskOf(String size, Path place) {
    List<String> words = new ArrayList<>(Child.works(AS_ROOT) ? AS_ROOT : AS_USER);
    Precondition.require("a file system of its own (unshare --mount)", Child.works(words));
    words.addAll(
        List.of(
            "sh",
            "-c",
            "mount -t tmpfs -o size=" + size + ",mode=0755 none '" + place + "' && exec \"$@\"",
            "sh"));
    return words;
  }

  @Test
  void aLimitOnTheSizeOfFilesLeavesWhatWasThereAndNothingElse() throws Exception {
    List<String> words = List.of("prlimit", "--fsize=131072");
    Precondition.require("prlimit", Child.works(words));
    assertFilled(
        Child.run(Child.command(words, "fill", temporary.toString())), "larger than this process");
  }

  private static void assertFilled(List<String> lines, String why) {
    assertThat(lines).hasSize(7);
    assertThat(lines.subList(0, 2))
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("failed: ")
                    .contains("could not be written, and nothing is left half-written", why));
    assertThat(lines.subList(2, 7))
        .containsExactly(
            "small",
            "small of tls.key",
            "[.tls.1, tls, token] [ca.pem, tls.crt, tls.key]",
            "smaller",
            "smaller of tls.key");
  }
}
