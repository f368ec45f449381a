package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Deliveries by another user, with and without CAP_CHOWN. As root the users are the machine's;
 * elsewhere they live in a user namespace in which the tests' user is root.
 */
class OtherUsersTest {

  private static final int UID = 23_456;

  /** Of other users, known to every mapping of subordinate users. */
  private static final int OWNER = 1;

  private final List<String> mapping = new ArrayList<>();
  private Path temporary;
  private Path directory;

  private void directories() throws Exception {
    temporary = Files.createTempDirectory("latchkey-users");
    directory = Files.createDirectory(temporary.resolve("deliveries"));
  }

  @AfterEach
  void deleteWhoeverOwnsIt() throws Exception {
    List<String> command = new ArrayList<>(mapping);
    command.addAll(List.of("rm", "-rf", temporary.toString()));
    Child.run(command);
  }

  /** Goes on if the machine lets the test play other users. */
  @BeforeEach
  void others() throws Exception {
    directories();
    List<String> direct = List.of("setpriv", "--reuid=" + UID, "--clear-groups", "--");
    if (!Child.works(direct)) {
      mapping.addAll(List.of("unshare", "--map-root-user", "--map-auto", "--"));
    }
    List<String> mapped = new ArrayList<>(mapping);
    mapped.addAll(direct);
    boolean works = Child.works(mapped);
    if (!works) {
      mapping.clear();
    }
    Precondition.require("a way to run as another user (setpriv)", works);
    List<String> chown = new ArrayList<>(mapping);
    chown.addAll(List.of("chown", UID + ":" + UID, directory.toString()));
    Child.run(chown);
  }

  private List<String> deliver(List<String> privileges, String owner, String group)
      throws IOException, InterruptedException {
    return deliver(
        Stream.concat(privileges.stream(), Stream.of("--")).toList(), directory, owner, group);
  }

  private List<String> deliver(List<String> privileges, Path into, String owner, String group)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(mapping);
    words.addAll(List.of("setpriv", "--reuid=" + UID, "--regid=" + UID));
    words.addAll(privileges);
    return Child.run(
        Child.readableCommand(temporary, words, "owned", into.toString(), owner, group));
  }

  @Test
  void withoutCapChownAnotherOwnerIsRefusedBeforeAnythingIsWritten() throws Exception {
    List<String> lines = deliver(List.of("--clear-groups"), Integer.toString(OWNER), "-");

    assertThat(lines.subList(0, 11))
        .allSatisfy(
            line -> assertThat(line).startsWith("refused: ").contains("only CAP_CHOWN gives"));
    assertThat(lines.getLast()).isEqualTo("[]");
  }

  @Test
  void withoutCapChownAForeignGroupIsRefusedBeforeAnythingIsWritten() throws Exception {
    List<String> lines = deliver(List.of("--clear-groups"), "-", "daemon");

    assertThat(lines.subList(0, 11))
        .allSatisfy(
            line ->
                assertThat(line).startsWith("refused: ").contains("the agent's user is not in"));
    assertThat(lines.getLast()).isEqualTo("[]");
  }

  @Test
  void withoutCapChownAGroupOfTheUsersOwnIsGiven() throws Exception {
    assertWritten(deliver(List.of("--groups=1"), "-", "daemon"));
    assertThat(owners("token", "tls", ".tls.5", ".tls.5/tls.key"))
        .containsExactly(UID + ":1:640", UID + ":" + UID + ":777", UID + ":1:750", UID + ":1:640");
  }

  @Test
  void capChownAloneGivesAFileAndASetToAnotherOwnerAndTakesOldVersionsAway() throws Exception {
    assertWritten(
        deliver(
            List.of("--clear-groups", "--inh-caps=+chown", "--ambient-caps=+chown"),
            Integer.toString(OWNER),
            "daemon"));
    assertThat(owners("token", ".tls.5", ".tls.5/tls.key"))
        .containsExactly(OWNER + ":1:640", OWNER + ":1:750", OWNER + ":1:640");
  }

  @Test
  void whatAnotherUserPlantedWhereEverybodyMayWriteStopsNothing() throws Exception {
    Path shared = Files.createDirectory(temporary.resolve("shared"));
    for (String name : List.of(".tls.0123456789abcdef.tmp", ".token.0123456789abcdef.tmp")) {
      Files.writeString(shared.resolve(name), "of somebody else");
    }
    Files.setAttribute(shared, "unix:mode", 01777);
    List<String> planted = new ArrayList<>(mapping);
    planted.addAll(List.of("chown", "-R", OWNER + ":" + OWNER, shared.toString()));
    Child.run(planted);

    List<String> lines = deliver(List.of("--groups=1", "--"), shared, "-", "daemon");

    assertThat(lines.subList(0, 11)).containsOnly("done");
    assertThat(lines.getLast())
        .startsWith("[.tls.0123456789abcdef.tmp, ")
        .endsWith(".tls.5, .token.0123456789abcdef.tmp, tls, token]");
  }

  @Test
  void theUmaskDoesNotMatter() throws Exception {
    for (String umask : List.of("0777", "0000")) {
      Path below = directory.resolve("below");
      assertWritten(
          deliver(
              List.of("--groups=1", "--", "sh", "-c", "umask " + umask + " && exec \"$@\"", "sh"),
              below,
              "-",
              "daemon"));
      assertThat(owners("below", "below/token", "below/.tls.5", "below/.tls.5/tls.key"))
          .containsExactly(
              UID + ":" + UID + ":700", UID + ":1:640", UID + ":1:750", UID + ":1:640");
      Child.run(Stream.concat(mapping.stream(), Stream.of("rm", "-r", below.toString())).toList());
    }
  }

  @Test
  void capChownAloneWritesNothingAgainThatIsThereThoughItMayNotReadIt() throws Exception {
    assertThat(again()).containsExactly("true", "true");
    assertThat(again()).containsExactly("false", "false");
    assertThat(owners(".token.sum", ".tls.sum"))
        .containsExactly(UID + ":" + UID + ":600", UID + ":" + UID + ":600");

    List<String> changed = new ArrayList<>(mapping);
    changed.addAll(
        List.of(
            "sh",
            "-c",
            "echo wrong > '" + directory + "/token' && touch '" + directory + "/tls/more'"));
    Child.run(changed);
    assertThat(again()).as("somebody changed both").containsExactly("true", "true");
    assertThat(again()).containsExactly("false", "false");
  }

  /** What writes of the same contents for another owner answer. */
  private List<String> again() throws Exception {
    List<String> words = new ArrayList<>(mapping);
    words.addAll(List.of("setpriv", "--reuid=" + UID, "--regid=" + UID, "--clear-groups"));
    words.addAll(List.of("--inh-caps=+chown", "--ambient-caps=+chown", "--"));
    return Child.run(
        Child.readableCommand(
            temporary, words, "again", directory.toString(), Integer.toString(OWNER)));
  }

  private static void assertWritten(List<String> lines) {
    assertThat(lines.subList(0, 11)).containsOnly("done");
    assertThat(lines.getLast().replaceAll("\\.\\w+\\.sum, ", ""))
        .isEqualTo("[.tls.3, .tls.4, .tls.5, tls, token]");
  }

  /** Owner, group and mode of each, as the users of the test see them. */
  private List<String> owners(String... names) throws Exception {
    List<String> command = new ArrayList<>(mapping);
    command.addAll(List.of("stat", "--format=%u:%g:%a"));
    for (String name : names) {
      command.add(directory.resolve(name).toString());
    }
    return Child.run(command);
  }
}
