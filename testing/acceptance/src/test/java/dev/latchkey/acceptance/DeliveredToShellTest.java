package dev.latchkey.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shells that know nothing of Latchkey read its dotenv, as {@code docs/delivery.md} shows. */
class DeliveredToShellTest {

  private static final int CHANGES = Boolean.getBoolean("latchkey.soak") ? 5_000 : 200;

  /** Says what it read where that is not what it read before, and how often it had read by then. */
  private static final String SAY =
      """
      readings=$((readings + 1))
      if [ "$DB_USERNAME/$DB_PASSWORD" != "$before" ]; then
        before=$DB_USERNAME/$DB_PASSWORD
        printf '%s\\0%s\\0%s\\0' "$readings" "$DB_USERNAME" "$DB_PASSWORD"
      fi
      """;

  private static final List<String> NASTY =
      List.of(
          " space  around ",
          "it's",
          "\"double\"",
          "$HOME$(touch @RAN@)`touch @RAN@`",
          "a\\b\\n\\",
          "two\nlines\n",
          "; touch @RAN@ #");

  @TempDir Path directory;
  private MemoryPlace place;
  private Page page;
  private final List<ShellLoop> loops = new ArrayList<>();

  @BeforeEach
  void readThePage() throws IOException {
    place = MemoryPlace.make();
    page = Page.section("docs/delivery.md", "Files in the configuration");
  }

  @AfterEach
  void endTheLoops() throws Exception {
    for (ShellLoop loop : loops) {
      loop.close();
    }
    place.close();
  }

  private Path env() {
    return place.path().resolve("orders/env");
  }

  private Path ran() {
    return directory.resolve("ran");
  }

  /** Everything that a shell could stumble over, and whose turn it is. */
  private Map<String, String> login(int turn) {
    String nasty = String.join("|", NASTY).replace("@RAN@", ran().toString());
    return Map.of(
        "username", "user \"" + turn + "\" of O'Hara's\n", "password", nasty + "#" + turn + "\n");
  }

  @Test
  void userAndPasswordBelongTogetherWhateverTheyHold() throws Exception {
    try (RunningAgent agent =
            RunningAgent.start(
                directory.resolve("agent"),
                RunningAgent.Setup.of(place.here(page.block("yaml", "format: dotenv"))));
        Operator operator = new Operator(agent)) {
      operator.put("orders-db", login(0));
      await("the first file").atMost(Duration.ofSeconds(30)).until(() -> Files.exists(env()));
      shells().forEach(shell -> loop(shell, source()));
      for (ShellLoop loop : loops) {
        loop.awaitMore(0);
      }
      for (int turn = 1; turn <= CHANGES; turn++) {
        operator.put("orders-db", login(turn));
      }
      for (ShellLoop loop : loops) {
        awaitTurn(loop, CHANGES);
        loop.stop();
        assertNothingMixed(readings(loop));
      }
    }
    assertThat(ran()).as("nothing in a value is run").doesNotExist();
  }

  @Test
  void withoutQuotesNoneOfTheValuesComesOut() throws Exception {
    Path naive = directory.resolve("naive");
    for (String nasty : NASTY) {
      String value = nasty.replace("@RAN@", ran().toString());
      Files.writeString(naive, "DB_PASSWORD=" + value + "\n");
      assertThat(sourced(naive)).as(nasty).isNotEqualTo(value + "\0");
    }
    assertThat(ran()).as("what stands in a value is run").exists();
  }

  @Test
  void writtenInPlaceAFileIsReadHalfNew() throws Exception {
    Files.createDirectories(env().getParent());
    Files.writeString(env(), "DB_USERNAME='0'\nDB_PASSWORD='0'\n");
    ShellLoop loop = loop("/bin/sh", source());
    loop.awaitMore(0);
    try (var out = Files.newBufferedWriter(env())) {
      out.write("DB_USERNAME='1'\n");
      out.flush();
      await("a turn in the midst of the write")
          .atMost(Duration.ofSeconds(30))
          .until(() -> readings(loop).getLast().turn() == 1);
      assertThat(readings(loop).getLast().password()).as("the password of another").isEqualTo("0");
      out.write("DB_PASSWORD='1'\n");
    }
    loop.stop();
  }

  private static Stream<String> shells() {
    return Stream.of("/bin/sh", "/bin/bash").filter(shell -> Files.isExecutable(Path.of(shell)));
  }

  private String source() {
    return place.here(page.block("sh", "/orders/env")) + SAY;
  }

  private ShellLoop loop(String shell, String turn) {
    try {
      Path own = directory.resolve("loop-" + loops.size());
      ShellLoop loop = ShellLoop.start(own, shell, List.of(), turn);
      loops.add(loop);
      return loop;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * What a shell read.
   *
   * @param count how many readings that were
   */
  private record Reading(int count, String user, String password) {

    /** The turn that the user was of. */
    int turn() {
      return Integer.parseInt(user.replaceAll("\\D", ""));
    }
  }

  /** Each that differed from the one before it, but for one whose end is not written yet. */
  private static List<Reading> readings(ShellLoop loop) throws IOException {
    String[] fields = Files.readString(loop.out()).split("\0", -1);
    List<Reading> readings = new ArrayList<>();
    for (int i = 0; i + 3 < fields.length; i += 3) {
      readings.add(new Reading(Integer.parseInt(fields[i]), fields[i + 1], fields[i + 2]));
    }
    return readings;
  }

  private void assertNothingMixed(List<Reading> readings) {
    assertThat(readings)
        .allSatisfy(
            reading ->
                assertThat(Map.of("username", reading.user(), "password", reading.password()))
                    .isEqualTo(login(reading.turn())));
    assertThat(readings.stream().map(Reading::turn))
        .as("never an older one after a newer")
        .isSorted()
        .doesNotHaveDuplicates()
        .startsWith(0)
        .endsWith(CHANGES)
        .hasSizeGreaterThan(10);
    assertThat(readings.getLast().count()).isGreaterThan(readings.size());
    System.out.printf(
        "dotenv: %d readings of %d versions in %d changes%n",
        readings.getLast().count(), readings.size(), CHANGES);
  }

  private static void awaitTurn(ShellLoop loop, int turn) {
    await("the loop to read what was put last")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> readings(loop).getLast().turn() == turn);
  }

  private static String sourced(Path file) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("/bin/sh", "-c", ". \"$0\"; printf '%s\\0' \"$DB_PASSWORD\"", "" + file)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said;
  }
}
