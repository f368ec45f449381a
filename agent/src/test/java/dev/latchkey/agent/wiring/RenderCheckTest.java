package dev.latchkey.agent.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code latchkey render --check}, without an agent and without a value. */
class RenderCheckTest {

  private static final String DECLARED =
      """
      backends: { local: { type: local } }
      mounts: [ { prefix: app/, backend: local } ]
      targets:
        orders:
          type: postgresql
          url: jdbc:postgresql://localhost:5432/orders
          admin: orders-admin
          databases: [ orders ]
      secrets:
        orders-admin: {}
        tls/web: {}
        orders-db:
          rotation:
            target: orders
            users: [ orders_a, orders_b ]
            owner: orders_owner
            overlap: 60s
            rollback_window: 50s
      """;

  @TempDir Path directory;

  private Program program;
  private String config;

  @BeforeEach
  void prepare() {
    program = new Program(directory);
    program.key('1');
    config = program.configuration(DECLARED).toString();
  }

  private String template(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  @Test
  void rightTemplatesEndWithZero() throws Exception {
    String one =
        template("one", "{{secret \"orders-db\" \"username\"}} {{secret \"app/any\" \"x\"}}");
    String two =
        template(
            "two",
            "{{base64 (secret \"tls/web\" \"anything\")}}"
                + "{{#if (has \"orders-db\" \"replica\")}}{{/if}}{{#each (fields \"orders-db\")}}"
                + "{{this}}{{/each}}{{secret \"orders-db\" \"host\"}}");
    Program.Ended ended = program.run("render", "--check", "--config", config, one, two);
    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out()).isEqualTo("The templates are right: 2, from 3 secrets.\n");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void everyProblemOfEveryTemplateIsToldWithItsPlace() throws Exception {
    String one =
        template(
            "one",
            "{{secret \"order-db\" \"username\"}}\n  {{secret \"orders-db\" \"pasword\"}}\n"
                + "{{json (secret \"orders-admin\" \"password\")}}");
    String two = template("two", "{{#if (has \"tls/web\" \"x\")}}\n{{nope}}\n{{/if}}");
    String absent = directory.resolve("absent").toString();
    Program.Ended ended = program.run("render", "--check", "--config", config, one, two, absent);
    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err().lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo(
                        one
                            + ":1:3: secret \"order-db\" is not declared and lies under no open"
                            + " prefix"),
            line ->
                assertThat(line)
                    .startsWith(
                        one + ":2:5: secret \"orders-db\" has no field \"pasword\"; it has ")
                    .contains("host", "password", "port", "role", "username"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        one + ":3:9: secret \"orders-admin\" is for the rotation engine alone"),
            line -> assertThat(line).startsWith(two + ":2:3: \"nope\" means nothing here"),
            line -> assertThat(line).isEqualTo(absent + ": does not exist"));
  }

  @Test
  void asJsonItTellsTheSecretsOfEachTemplate() throws Exception {
    String right = template("right", "{{secret \"tls/web\" \"key\"}}");
    String wrong = template("wrong", "\n{{secret \"tls/web\"}}");
    Program.Ended ended =
        program.run("render", "--check", "--json", "--config", config, right, wrong);
    assertThat(ended.exit()).isEqualTo(2);
    JsonNode told = new ObjectMapper().readTree(ended.out());
    assertThat(told.path("valid").asBoolean(true)).isFalse();
    JsonNode problem = told.path("problems").path(0);
    assertThat(problem.path("file").asText()).isEqualTo(wrong);
    assertThat(problem.path("line").asInt()).isEqualTo(2);
    assertThat(problem.path("column").asInt()).isEqualTo(3);
    assertThat(problem.path("message").asText()).startsWith("secret takes other words");
    assertThat(told.path("templates")).hasSize(1);
    assertThat(told.path("templates").path(0).path("file").asText()).isEqualTo(right);
    assertThat(told.path("templates").path(0).path("secrets").path(0).asText())
        .isEqualTo("tls/web");
  }

  @Test
  void theTemplatesThatFilesNameAreCheckedWithoutBeingNamed() throws Exception {
    String used = template("used", "{{secret \"orders-db\" \"username\"}}");
    String other = template("other", "{{secret \"tls/web\" \"key\"}}");
    String set =
        "  b: { path: /run/b, set: { x: { format: template, template: " + other + " } } }\n";
    config = withFiles("  a: { path: /run/a, format: template, template: " + used + " }\n" + set);
    Program.Ended ended = program.run("render", "--check", "--config", config);
    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out()).isEqualTo("The templates are right: 2, from 2 secrets.\n");

    template("used", "\n{{secret \"orders-db\" \"pasword\"}}");
    assertThat(program.run("render", "--check", "--config", config))
        .satisfies(wrong -> assertThat(wrong.exit()).isEqualTo(2))
        .satisfies(
            wrong ->
                assertThat(wrong.err())
                    .startsWith(used + ":2:3: secret \"orders-db\" has no field \"pasword\"; it"));

    template("used", "{{secret}}");
    assertThat(program.run("render", "--check", "--config", config))
        .satisfies(wrong -> assertThat(wrong.exit()).isEqualTo(2))
        .satisfies(
            wrong -> assertThat(wrong.err()).contains("files.a.template: " + used + ":1:3: "));
  }

  private String withFiles(String files) {
    return program.configuration(DECLARED + "files:\n" + files).toString();
  }

  @Test
  void withoutCheckOrTemplatesOrARightConfigurationItSaysWhatIsWrong() throws Exception {
    String right = template("right", "x");
    assertThat(program.run("render", "--config", config, right))
        .satisfies(ended -> assertThat(ended.exit()).isEqualTo(2))
        .satisfies(ended -> assertThat(ended.err()).contains("render only checks templates"));
    assertThat(program.run("render", "--check", "--config", config).err())
        .contains("needs the templates");
    assertThat(program.run("validate", "--check", config).err()).contains("goes with render only");
    program.configuration("secrets: { a: { knd: static } }\n");
    assertThat(program.run("render", "--check", "--config", config, right))
        .satisfies(ended -> assertThat(ended.exit()).isEqualTo(2))
        .satisfies(ended -> assertThat(ended.err()).contains("did you mean \"kind\"?"));
  }
}
