package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every verb, by real processes, over the life of a credential. */
class WholeLifeTest {

  @TempDir Path directory;

  @Test
  void adoptsPlansRotatesAndRollsBack() throws Exception {
    try (Stage stage = Stage.set(directory, "60s", "50s")) {
      Cli cli = stage.cli();
      stage.database().inOrders(List.of("ALTER ROLE orders_a LOGIN"));
      giveByHand(stage, "orders_a", "by-hand-1");
      cli.feed("by-hand-1", "adopt", "orders-db", "--username", "orders_a", "--plan").ok();
      assertThat(cli.run("get", "orders-db").exit()).isNotZero();
      assertThat(cli.feed("not-it", "adopt", "orders-db", "--username", "orders_a").exit())
          .isNotZero();
      cli.feed("by-hand-1", "adopt", "orders-db", "--username", "orders_a").ok();
      assertThat(stage.login()).isEqualTo(new Stage.Login("orders_a", "by-hand-1"));

      assertThat(cli.run("rotate", "orders-db", "--plan").ok().out())
          .contains("orders_b")
          .doesNotContain("by-hand-1");
      assertThat(stage.login().user()).isEqualTo("orders_a");

      cli.run("rotate", "orders-db").ok();
      Stage.Login rotated = stage.login();
      assertThat(rotated.user()).isEqualTo("orders_b");
      assertThat(stage.database().opens("orders_b", rotated.password())).isTrue();
      assertThat(stage.database().opens("orders_a", "by-hand-1")).isTrue();

      cli.run("rollback", "orders-db").ok();
      assertThat(stage.login()).isEqualTo(new Stage.Login("orders_a", "by-hand-1"));
      assertThat(stage.database().opens("orders_a", "by-hand-1")).isTrue();
      JsonNode state = Stage.json(cli.run("get", "orders-db", "--json").ok().out());
      assertThat(state.toString()).contains("rolled_back_from");
      assertThat(cli.run("history", "orders-db").ok().out()).contains("rollback");
      assertThat(cli.run("explain", "orders-db").ok().out()).contains("orders-db");
      assertThat(cli.run("status").ok().out()).contains("orders-db");
      assertThat(cli.run("target", "check", "orders").ok().out()).isNotBlank();
    }
  }

  @Test
  void recoversAfterTheValueWasSpoiled() throws Exception {
    try (Stage stage = Stage.set(directory, "2s", "1s")) {
      Cli cli = stage.cli();
      cli.run("rotate", "orders-db").ok();
      Stage.Login lost = stage.login();
      giveByHand(stage, lost.user(), "nobody-told-the-agent");
      assertThat(stage.database().opens(lost.user(), lost.password())).isFalse();
      cli.run("rotate", "orders-db", "--recover").ok();
      Stage.Login found = stage.login();
      assertThat(stage.database().opens(found.user(), found.password())).isTrue();
    }
  }

  @Test
  void recoversAfterTheStoresValueWasSpoiled() throws Exception {
    try (Stage stage = Stage.set(directory, "2s", "1s")) {
      Cli cli = stage.cli();
      cli.run("rotate", "orders-db").ok();
      stage.agent().kill();
      try (Connection store =
              DriverManager.getConnection(
                  "jdbc:sqlite:" + stage.agent().state().resolve("state.db"));
          Statement statement = store.createStatement()) {
        assertThat(
                statement.executeUpdate(
                    "UPDATE version SET sealed_content = zeroblob(length(sealed_content)) WHERE"
                        + " secret = 'orders-db'"))
            .isPositive();
      }
      stage.agent().restart();
      assertThat(cli.run("get", "orders-db").exit()).isNotZero();
      cli.run("rotate", "orders-db", "--recover").ok();
      Stage.Login found = stage.login();
      assertThat(stage.database().opens(found.user(), found.password())).isTrue();
    }
  }

  @Test
  void retiresTheCredentialBeforeAtTheEndOfItsOverlap() throws Exception {
    try (Stage stage = Stage.set(directory, "3s", "1s")) {
      Cli cli = stage.cli();
      cli.run("rotate", "orders-db").ok();
      Stage.Login first = stage.login();
      try (Connection open =
              DriverManager.getConnection(stage.database().url(), first.user(), first.password());
          Statement statement = open.createStatement()) {
        cli.run("rotate", "orders-db").ok();
        assertThat(stage.database().opens(first.user(), first.password())).isTrue();
        assertThat(statement.execute("SELECT 1")).isTrue();
        await("the retirement")
            .atMost(Duration.ofSeconds(30))
            .until(() -> !stage.database().mayLogin(first.user()));
        assertThat(stage.database().opens(first.user(), first.password())).isFalse();
        await("its sessions to be ended")
            .atMost(Duration.ofSeconds(10))
            .until(() -> stage.database().sessions(first.user()) == 0);
      }
    }
  }

  @Test
  void keepsEncryptedDataReadableOverKeyringRotationBackupAndRestore() throws Exception {
    String body =
        "mounts: [ { prefix: \"app/\", backend: local } ]\nkeyrings: { default: {} }\n"
            + ownPolicy();
    RunningAgent agent =
        RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(body));
    try (agent) {
      Cli cli = agent.cli();
      String before = cli.feed("the text", "encrypt", "default").ok().out().strip();
      cli.run("keyring", "rotate", "default").ok();
      String after = cli.feed("the text", "encrypt", "default").ok().out().strip();
      assertThat(after).isNotEqualTo(before);
      assertThat(cli.feed(before, "decrypt", "default").ok().out()).isEqualTo("the text");
      assertThat(cli.feed(after, "decrypt", "default").ok().out()).isEqualTo("the text");
      cli.feed("one", "put", "app/mail", "password=-").ok();
      assertThat(cli.run("list").ok().out()).contains("app/mail");
      String epoch = epoch(cli);
      Path copy = directory.resolve("copy");
      cli.run("state", "backup", copy.toString()).ok();
      assertThat(Files.getPosixFilePermissions(copy)).hasSize(2);
      agent.kill();
      deleteTree(agent.state());
      runAgentMain(agent, "state", "restore", copy.toString());
      agent.restart();
      assertThat(cli.run("get", "app/mail", "--field", "password").ok().out()).startsWith("one");
      assertThat(epoch(cli)).isNotEqualTo(epoch);
      assertThat(cli.feed(before, "decrypt", "default").ok().out()).isEqualTo("the text");
      assertThat(cli.run("audit", "verify").ok().out()).isNotBlank();
    }
  }

  @Test
  void tellsWhoAskedAndServesMetricsAndReadiness() throws Exception {
    String body = "mounts: [ { prefix: \"app/\", backend: local } ]\n" + ownPolicy();
    try (RunningAgent agent =
        RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(body))) {
      Cli cli = agent.cli();
      cli.feed("one", "put", "app/mail", "password=-", "--expect", "0").ok();
      assertThat(cli.feed("two", "put", "app/mail", "password=-", "--expect", "0").exit())
          .isEqualTo(6);
      cli.run("get", "app/mail").ok();
      await("the read to be written down")
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> assertThat(cli.run("audit", "tail").ok().out()).contains("app/mail", "get"));
      cli.run("audit", "verify").ok();
      HttpClient http = HttpClient.newHttpClient();
      String base = "http://127.0.0.1:" + agent.managementPort();
      assertThat(http.send(request(base + "/readyz"), BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
      String metrics = http.send(request(base + "/metrics"), BodyHandlers.ofString()).body();
      assertThat(metrics.lines().filter(line -> !line.startsWith("#")))
          .isNotEmpty()
          .allMatch(
              line -> line.matches("[a-zA-Z_:][a-zA-Z0-9_:]*(\\{.*})? [-+0-9.eEInfNa]+( \\d+)?"));
    }
  }

  @Test
  void namesTheNearestKnownKey() throws Exception {
    Path file = directory.resolve("latchkey.yml");
    Files.writeString(file, "mount: []\n");
    Process process =
        new ProcessBuilder(
                Installation.agent(List.of(), "", "validate", "--config", file.toString()))
            .redirectErrorStream(true)
            .start();
    String said =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(said).contains("mount").contains("mounts");
  }

  static String ownPolicy() {
    return """
    policies:
      - callers: [ { uid: %d } ]
        secrets: [ "**" ]
        keyrings: [ "*" ]
        operations: [ read, watch, list, encrypt, decrypt ]
    """
        .formatted(Database.ownUid());
  }

  static void runAgentMain(RunningAgent agent, String... words) throws Exception {
    List<String> arguments = new java.util.ArrayList<>(List.of(words));
    arguments.addAll(List.of("--config", agent.home().resolve("latchkey.yml").toString()));
    Process process =
        new ProcessBuilder(Installation.agent(List.of(), "", arguments.toArray(String[]::new)))
            .redirectErrorStream(true)
            .start();
    String said =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private static String epoch(Cli cli) {
    return Stage.json(cli.run("status", "--json").ok().out()).path("epoch").asText();
  }

  private static HttpRequest request(String uri) {
    return HttpRequest.newBuilder(URI.create(uri)).build();
  }

  private static void giveByHand(Stage stage, String role, String password) throws Exception {
    stage.database().inOrders(List.of("ALTER ROLE " + role + " LOGIN PASSWORD '" + password + "'"));
  }

  static void deleteTree(Path tree) throws IOException {
    try (java.util.stream.Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
