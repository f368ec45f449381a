package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.latchkey.acceptance.SampleApplication.Framework;
import dev.latchkey.v1.PutSecretRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sample applications of {@code docs/configuration.md}, each a process that knows Latchkey by
 * its configuration alone, with a real agent.
 */
class ConfiguredApplicationTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Pattern BLOCK =
      Pattern.compile("```(yaml|java|text)\n(.*?)```", Pattern.DOTALL);

  @TempDir Path directory;

  private RunningAgent agent(String body) {
    return RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(body));
  }

  private SampleApplication start(
      Framework framework, String name, Path socket, Map<String, String> properties) {
    return SampleApplication.start(
        framework, directory.resolve(framework + "-" + name), socket, properties);
  }

  private static void put(RunningAgent agent, String username, String password) {
    try (Operator operator = new Operator(agent)) {
      PutSecretRequest both =
          PutSecretRequest.newBuilder()
              .setName("app/mail")
              .putFields("username", ByteString.copyFromUtf8(username))
              .putFields("password", ByteString.copyFromUtf8(password))
              .build();
      assertThat(operator.calls().putSecret(both).getState().getVersion()).isPositive();
    }
  }

  private static void awaitPage(SampleApplication application, String... lines) {
    await("the application to show " + List.of(lines))
        .atMost(SOON)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(application.page().lines()).contains(lines));
  }

  @Test
  void placeholdersAreWaitedForAndFollowEachChangeWithoutARestart() throws Exception {
    String first = Marker.fresh().toString();
    String second = Marker.fresh().toString();
    try (RunningAgent agent = agent("mounts: [ { prefix: \"\" } ]\n" + WholeLifeTest.ownPolicy());
        SampleApplication micronaut =
            start(Framework.MICRONAUT, "served", agent.socket(), Map.of());
        SampleApplication spring = start(Framework.SPRING, "served", agent.socket(), Map.of())) {
      await("both to wait for a secret that is late")
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(List.of(micronaut.log(), spring.log()))
                      .allSatisfy(
                          log -> assertThat(log).contains("Waiting for the secret app/mail")));
      put(agent, "sender-1", first);
      micronaut.awaitListening();
      spring.awaitListening();
      String url = "smtp://sender-1@mail.example.com";
      assertThat(micronaut.page().lines())
          .containsExactly(
              "property: " + first,
              "settings: " + url + " sender-1 " + first,
              "bean: sender-1 " + first,
              "pair: sender-1 " + first);
      assertThat(spring.page().lines())
          .containsExactly(
              "property: " + first,
              "settings: " + url + " sender-1 " + first,
              "bean: sender-1 " + first);

      put(agent, "sender-2", second);
      awaitBoth(micronaut, spring, "sender-2", second);
      agent.kill();
      assertThat(spring.page()).as("an outage disturbs nothing").contains(second);
      assertThat(micronaut.page()).contains(second);
      agent.restart();
      put(agent, "sender-3", "third");
      awaitBoth(micronaut, spring, "sender-3", "third");
      for (SampleApplication application : List.of(micronaut, spring)) {
        assertThat(application.log()).doesNotContain(first, second, "third");
        assertThat(application.end(true)).as("SIGTERM").isEqualTo(143);
      }
    }
  }

  private static void awaitBoth(
      SampleApplication micronaut, SampleApplication spring, String username, String password) {
    String login = username + " " + password;
    awaitPage(
        micronaut,
        "property: " + password,
        "settings: smtp://" + username + "@mail.example.com " + login,
        "bean: " + login,
        "pair: " + login);
    awaitPage(spring, "property: " + password, "bean: " + login);
  }

  @Test
  void whatCannotBeHadEndsTheStartWithItsNameAndItsReason() throws Exception {
    String marker = Marker.fresh().toString();
    String policy =
        """
        mounts: [ { prefix: "" } ]
        policies:
          - callers: [ { uid: %d } ]
            secrets: [ app/mail, app/never ]
            operations: [ read, watch ]
        """
            .formatted(Database.ownUid());
    try (RunningAgent agent = agent(policy)) {
      agent.cli().feed(marker, "put", "app/mail", "username=-").ok();
      agent.cli().feed(marker, "put", "app/denied", "p=-").ok();
      Path nowhere = directory.resolve("nowhere.sock");
      for (Framework framework : Framework.values()) {
        try (SampleApplication lacking = start(framework, "field", agent.socket(), Map.of());
            SampleApplication late =
                start(framework, "late", agent.socket(), asking("app/never#p"));
            SampleApplication denied =
                start(
                    framework,
                    "denied",
                    agent.socket(),
                    Map.of("mail.password", "${latchkey:app/denied#p}"));
            SampleApplication alone = start(framework, "alone", nowhere, asking("app/mail#p"))) {
          assertEnded(lacking, failureOnThePage());
          assertEnded(late, "mail.password asks for the secret app/never, field p: ");
          assertEnded(
              denied, "mail.password asks for the secret app/denied, field p: ", "policies");
          assertEnded(
              alone,
              "mail.password asks for the secret app/mail, field p: ",
              "cannot be reached",
              "waited for during 10 s (latchkey.timeout) at " + nowhere);
          for (SampleApplication each : List.of(lacking, late, denied, alone)) {
            assertThat(each.log()).doesNotContain(marker);
          }
        }
      }
    }
  }

  private static Map<String, String> asking(String reference) {
    return Map.of("mail.password", "${latchkey:" + reference + "}", "latchkey.timeout", "10s");
  }

  private static void assertEnded(SampleApplication application, String... said) {
    assertThat(application.end(false)).isEqualTo(1);
    assertThat(application.log()).contains(said);
  }

  private static String page() throws IOException {
    return Files.readString(Installation.root().resolve("docs/configuration.md"));
  }

  private static String failureOnThePage() throws IOException {
    Matcher block = BLOCK.matcher(page());
    while (block.find()) {
      if (block.group(1).equals("text")) {
        return block.group(2).strip();
      }
    }
    throw new AssertionError("the page shows no failure");
  }

  @Test
  void thePageShowsWhatTheSamplesHold() throws IOException {
    Map<String, String> configurations = new java.util.TreeMap<>();
    StringBuilder code = new StringBuilder();
    for (Framework framework : Framework.values()) {
      Path main = Installation.root().resolve(framework.directory()).resolve("src/main");
      configurations.put(
          framework.toString(), Files.readString(main.resolve("resources/application.yml")));
      try (Stream<Path> files = Files.walk(main.resolve("java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          code.append(withoutIndent(Files.readString(file)));
        }
      }
    }
    int checked = 0;
    Matcher block = BLOCK.matcher(page());
    while (block.find()) {
      switch (block.group(1)) {
        case "yaml" -> assertThat(configurations.values()).containsOnly(block.group(2));
        case "java" ->
            assertThat(code.toString()).as("a sample").contains(withoutIndent(block.group(2)));
        default -> assertThat(block.group(2)).isNotBlank();
      }
      checked++;
    }
    assertThat(checked).isGreaterThanOrEqualTo(4);
  }

  private static String withoutIndent(String code) {
    return Arrays.stream(code.split("\n")).map(String::strip).reduce("", (a, b) -> a + b + "\n");
  }
}
