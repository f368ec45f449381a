package dev.latchkey.agent.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program does without an agent, told as JSON on one line. */
class OfflineJsonTest {

  private static final String DECLARED =
      """
      mounts: [ { prefix: app/ } ]
      targets: { orders: { url: "jdbc:postgresql://localhost:5432/orders", admin: a } }
      secrets:
        a: {}
        b: { rotation: { target: orders, users: [b_a, b_b], owner: b_owner } }
      files: { mail: { path: /run/latchkey-nowhere/mail, secret: app/mail, format: dotenv } }
      policies:
        - { callers: [ { uid: 1000 } ], secrets: [ b ], operations: [ read ] }
        - { callers: [ { uid: 1001 } ], secrets: [ b ], operations: [ watch ] }
      """;

  @TempDir Path directory;

  private Program program;

  @BeforeEach
  void prepare() {
    program = new Program(directory);
    program.key('1');
  }

  @Test
  void validateTellsWhatIsDeclaredOrWhatIsWrong() throws Exception {
    Path config = program.configuration(DECLARED);
    JsonNode right = json(0, "validate", config.toString(), "--json");
    assertThat(right.path("valid").asBoolean()).isTrue();
    assertThat(right.path("problems")).isEmpty();
    assertThat(right.path("secrets").asInt()).isEqualTo(2);
    assertThat(right.path("keyrings").asInt()).isEqualTo(1);
    assertThat(right.path("rotations").asInt()).isEqualTo(1);
    assertThat(right.path("files").asInt()).isEqualTo(1);
    assertThat(program.run("validate", config.toString()).out())
        .isEqualTo(
            "The configuration is right: 2 secrets, 1 of them rotated, 1 mount, 1 target,"
                + " 1 keyring, 1 delivery of files, 2 policies.\n");

    program.configuration("secrets: { a: { knd: static } }\n");
    JsonNode wrong = json(2, "validate", "--json", "--config", config.toString());
    assertThat(wrong.path("valid").asBoolean(true)).isFalse();
    JsonNode problem = wrong.path("problems").path(0);
    assertThat(problem.path("file").asText()).isEqualTo(config.toString());
    assertThat(problem.path("line").asInt()).isEqualTo(7);
    assertThat(problem.path("key").asText()).isEqualTo("secrets.a.knd");
    assertThat(problem.path("message").asText()).contains("did you mean \"kind\"?");
  }

  @Test
  void theStateAndItsAuditTellTheKeysOfTheContract() throws Exception {
    String config = program.configuration("").toString();
    Path copy = directory.resolve("copy");
    JsonNode written = json(0, "state", "backup", copy.toString(), "--json", "--config", config);
    assertThat(written.path("path").asText()).isEqualTo(copy.toString());
    assertThat(written.path("size").asLong()).isEqualTo(Files.size(copy));

    JsonNode verified = json(0, "audit", "verify", "--json", "--config", config);
    assertThat(verified.fieldNames())
        .toIterable()
        .containsExactly("intact", "records", "broken_sequence", "problem");
    assertThat(verified.path("intact").asBoolean()).isTrue();

    Files.move(directory.resolve("state"), directory.resolve("lost"));
    JsonNode restored = json(0, "state", "restore", copy.toString(), "--json", "--config", config);
    assertThat(restored.path("path").asText()).isEqualTo(directory.resolve("state").toString());
    assertThat(restored.path("epoch").asText()).isNotEmpty();
  }

  private JsonNode json(int exit, String... words) throws Exception {
    Program.Ended ended = program.run(words);
    assertThat(ended.exit()).as(ended.err()).isEqualTo(exit);
    List<String> lines = ended.out().lines().toList();
    assertThat(lines).hasSize(1);
    return new ObjectMapper().readTree(lines.getFirst());
  }
}
