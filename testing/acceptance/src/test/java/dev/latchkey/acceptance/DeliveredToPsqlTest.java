package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code psql}, which knows nothing of Latchkey, logs in all the time while the user behind its
 * service alternates, as {@code docs/delivery.md} shows. Beside it runs the control: the same on a
 * copy of the files.
 */
class DeliveredToPsqlTest {

  private static final int ROTATIONS = Boolean.getBoolean("latchkey.soak") ? 200 : 20;
  private static final String OVERLAP = "1500ms";

  @TempDir Path directory;
  private MemoryPlace place;
  private Page page;
  private final List<ShellLoop> begun = new ArrayList<>();

  @BeforeEach
  void readThePage() throws IOException {
    Programs.require("psql", "postgresql-client");
    place = MemoryPlace.make();
    page = Page.section("docs/delivery.md", "Files in the configuration");
  }

  @AfterEach
  void endTheLoops() throws Exception {
    for (ShellLoop loop : begun) {
      loop.close();
    }
    place.close();
  }

  @Test
  void noLoginFailsWhileTheUserAlternates() throws Exception {
    try (Database database = Database.start(directory.resolve("postgres"));
        RunningAgent agent =
            RunningAgent.start(
                directory.resolve("agent"), RunningAgent.Setup.of(configuration(database)));
        Operator operator = new Operator(agent)) {
      database.introduceTo(agent.cli());
      operator.rotate("orders-db");
      String login = loginOfThePage();
      ShellLoop copied = begin(login.replace(files().toString(), copies().toString()));
      List<ShellLoop> loops = List.of(begin(login), begin(login));
      for (int rotation = 1; rotation <= ROTATIONS; rotation++) {
        String user = last(loops.getFirst());
        operator.rotate("orders-db");
        for (ShellLoop loop : loops) {
          awaitAnother(loop, user);
        }
      }
      for (ShellLoop loop : loops) {
        loop.stop();
        assertThat(lines(loop)).isSubsetOf("as orders_a", "as orders_b");
        assertThat(changes(lines(loop))).as("every rotation was seen").isEqualTo(ROTATIONS);
        System.out.printf("psql: %d logins over %d rotations%n", lines(loop).size(), ROTATIONS);
      }
      assertIsRefused(copied);
    }
  }

  /** The database of the test is declared with its rotation; the page's is another one. */
  private String configuration(Database database) {
    String example = page.block("yaml", "format: pg_service");
    return database.configuration(OVERLAP, "500ms")
        + place
            .here(example.replace("secrets: { orders-db: {} }\n", ""))
            .replace("db.example.com", "127.0.0.1")
            .replace("5432", database.url().replaceAll(".*:(\\d+)/.*", "$1"))
            .replace("verify-full", "disable");
  }

  private Path files() {
    return place.path().resolve("orders-pg");
  }

  private String loginOfThePage() {
    await("the first files").atMost(Duration.ofSeconds(30)).until(() -> Files.exists(files()));
    return place.here(page.block("sh", "PGSERVICEFILE"));
  }

  private Path copies() throws IOException {
    Path copies = Files.createDirectories(place.path().resolve("copied"));
    for (String name : List.of("pg_service.conf", "pgpass")) {
      Files.copy(files().resolve(name), copies.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
    }
    return copies;
  }

  /** Begins to log in again and again, and waits for the first time. */
  private ShellLoop begin(String login) throws IOException {
    Path own = Files.createTempDirectory(directory, "loop");
    Path script = Files.writeString(own.resolve("login.sh"), "set -e\n" + login);
    String turn =
        """
        if said=$(/bin/sh '%s' 2>&1); then
          echo "as $said"
        else
          echo failed: $said
        fi
        """
            .formatted(script);
    ShellLoop loop = ShellLoop.start(own, "/bin/sh", List.of("LC_ALL=C", "HOME=" + own), turn);
    begun.add(loop);
    loop.awaitMore(0);
    return loop;
  }

  private static List<String> lines(ShellLoop loop) throws IOException {
    String said = Files.readString(loop.out());
    return said.substring(0, said.lastIndexOf('\n') + 1).lines().toList();
  }

  private static String last(ShellLoop loop) throws IOException {
    return lines(loop).getLast();
  }

  /** A loop that fails fails the test at its end, with all that it said. */
  private static void awaitAnother(ShellLoop loop, String user) {
    await("a login as the other user")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !last(loop).equals(user));
  }

  private static long changes(List<String> lines) {
    long changes = 0;
    for (int i = 1; i < lines.size(); i++) {
      changes += lines.get(i).equals(lines.get(i - 1)) ? 0 : 1;
    }
    return changes;
  }

  /** It was let in at first, and never again once its user's time was over. */
  private static void assertIsRefused(ShellLoop copied) throws Exception {
    copied.stop();
    List<String> lines = lines(copied);
    List<String> refused = lines.stream().dropWhile(line -> line.startsWith("as ")).toList();
    assertThat(lines).hasSizeGreaterThan(refused.size());
    assertThat(refused)
        .noneMatch(line -> line.startsWith("as "))
        .anyMatch(line -> line.contains("password authentication failed for user"));
    System.out.printf("psql on a copy: %d of %d logins failed%n", refused.size(), lines.size());
  }
}
