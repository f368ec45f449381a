package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples of files and templates in {@code docs/delivery.md}, run: files follow what is put.
 */
class DeliveredFilesTest {

  private static final String EXAMPLE_PLACE = "/run/latchkey";
  private static final String EXAMPLE_TEMPLATES = "/etc/latchkey";
  private static final int CHANGES = Boolean.getBoolean("latchkey.soak") ? 300 : 6;

  @TempDir Path directory;

  private Path place() {
    return directory.resolve("agent/delivered");
  }

  private Path env() {
    return place().resolve("orders/env");
  }

  private Path config() {
    return place().resolve("orders/config");
  }

  private String example() throws IOException {
    return block("## Files in the configuration", "```yaml\n");
  }

  /** The first block after some words of the page, with its places below the test's directory. */
  private String block(String words, String fence) throws IOException {
    String page = Files.readString(Installation.root().resolve("docs/delivery.md"));
    int begin = page.indexOf(fence, page.indexOf(words)) + fence.length();
    return page.substring(begin, page.indexOf("```", begin))
        .replace(EXAMPLE_PLACE, place().toString())
        .replace(EXAMPLE_TEMPLATES, directory.toString());
  }

  private RunningAgent start(String body) throws IOException {
    Files.createDirectories(place());
    return RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(body));
  }

  /** The program of the example: notes each path by itself, and that it was told. */
  private void reloadScript() throws IOException {
    Files.writeString(
        place().resolve("reload.sh"),
        """
        cd "%s" || exit 1
        a=$(cat config/login.json) && b=$(cat config/api.key) || exit 2
        printf '%%s %%s\\n' "$(printf %%s "$a" | tr -dc 0-9)" "$b" >> ../reloads
        """
            .formatted(place().resolve("orders")));
  }

  private List<String> reloads() throws IOException {
    Path file = place().resolve("reloads");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private static void put(RunningAgent agent, String secret, String field, String value) {
    agent.cli().feed(value, "put", secret, field + "=-").ok();
  }

  private static String ready(RunningAgent agent) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + agent.managementPort() + "/readyz"))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static void awaitText(Path file, String text) {
    await(file + " to hold what was put")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> Files.exists(file) && Files.readString(file).equals(text));
  }

  @Test
  void filesFollowWhatIsPutAndTheEndOfTheAgent() throws Exception {
    reloadScriptAt();
    try (RunningAgent agent = start(example())) {
      assertThat(ready(agent))
          .contains("\"ready\":false")
          .contains("file:orders-env")
          .contains(env() + " is not written yet");
      put(agent, "orders-db", "password", "it's 1");
      awaitText(env(), "DB_PASSWORD='it'\\''s 1'\n");
      assertThat(Files.getPosixFilePermissions(env())).hasToString("[OWNER_READ, OWNER_WRITE]");
      await("the set, which is tried again, to miss the other secret")
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> assertThat(ready(agent)).contains("\"ready\":false").contains("no orders-api"));
      put(agent, "orders-api", "key", "1");
      awaitText(config().resolve("api.key"), "1\n");
      await().atMost(Duration.ofSeconds(30)).until(() -> ready(agent).contains("\"ready\":true"));
      assertThat(reloads()).as("nobody reads what was not there").isEmpty();

      put(agent, "orders-api", "key", "2");
      awaitText(config().resolve("api.key"), "2\n");
      await().atMost(Duration.ofSeconds(30)).until(() -> reloads().size() == 1);
      assertThat(agent.cli().run("status").ok().out()).contains("file:orders-config");

      agent.kill();
      assertThat(env()).as("a kill leaves what is there").exists();
      agent.restart();
      await().atMost(Duration.ofSeconds(30)).until(() -> ready(agent).contains("\"ready\":true"));
      assertThat(reloads()).as("the same content tells nobody").hasSize(1);
      assertThat(agent.cli().run("audit", "tail", "--json").ok().out())
          .contains("file:orders-env")
          .contains("deliver");
    }
    assertThat(env()).as("on_exit: remove").doesNotExist();
    assertThat(config().resolve("api.key")).as("on_exit: keep").hasContent("2");
  }

  @Test
  void aTemplateFollowsEachOfItsSecretsAndStaysWhatItWasWhereOneLacksAField() throws Exception {
    String words = "which is made by a [template]";
    Files.writeString(directory.resolve("orders.conf.template"), block(words, "```handlebars\n"));
    Path conf = place().resolve("orders/orders.conf");
    try (RunningAgent agent = start(block(words, "```yaml\n"));
        Operator operator = new Operator(agent)) {
      operator.put("orders-db", Map.of("username", "app@eu", "password", "it's"));
      operator.put("orders-api", "key", "k\"1");
      String line = "url = postgres://app%40eu:it%27s@db/orders\n";
      String first = "[database]\n" + line + "[partner]\nkey = \"k\\\"1\"\n";
      awaitText(conf, first);

      operator.put("orders-db", "username", "alone");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> ready(agent).contains("2:65: field \\\"password\\\" of secret"));
      assertThat(conf).content().isEqualTo(first);

      operator.put("orders-db", Map.of("username", "b", "password", "c"));
      awaitText(conf, first.replace("app%40eu:it%27s", "b:c"));
    }
  }

  private void reloadScriptAt() throws IOException {
    Files.createDirectories(place());
    reloadScript();
  }

  @Test
  void aReaderByPathsThatReadsWhenItIsToldMixesNothing() throws Exception {
    reloadScriptAt();
    String joined =
        """
        mounts: [ { prefix: "" } ]
        files:
          pair:
            path: %1$s/orders/config
            secret: pair
            settle: 300ms
            set:
              login.json: { format: json, fields: [ number ] }
              api.key: { field: number, newline: true }
            reload: { command: [ /bin/sh, %1$s/reload.sh ] }
        """
            .formatted(place());
    try (RunningAgent agent = start(joined)) {
      put(agent, "pair", "number", "0");
      awaitText(config().resolve("api.key"), "0\n");
      for (int i = 1; i <= CHANGES; i++) {
        put(agent, "pair", "number", Integer.toString(i));
      }
      awaitText(config().resolve("api.key"), CHANGES + "\n");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !reloads().isEmpty() && reloads().getLast().endsWith(" " + CHANGES));
    }
    assertThat(reloads())
        .hasSizeGreaterThan(1)
        .allSatisfy(
            line -> {
              String[] both = line.split(" ", -1);
              assertThat(both[0]).isEqualTo(both[1]);
            });
  }
}
