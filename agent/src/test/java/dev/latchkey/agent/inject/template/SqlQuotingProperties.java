package dev.latchkey.agent.inject.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.target.postgresql.RealPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** A real PostgreSQL takes each literal for the text it stands for, whatever its setting is. */
class SqlQuotingProperties {

  private static final int LITERALS = Boolean.getBoolean("latchkey.soak") ? 500 : 50;

  private static final Template QUERY =
      Template.compile(
          "query",
          """
          SELECT '|'
          {{#each (fields "texts")}}
            || encode(convert_to({{sql this}}, 'UTF8'), 'hex') || '|'
          {{/each}}
          """);

  private static @Nullable Path directory;
  private static @Nullable RealPostgres server;

  @BeforeContainer
  static void start() throws IOException, SQLException {
    directory = Files.createTempDirectory("latchkey-sql");
    server = new RealPostgres(directory);
  }

  @AfterContainer
  static void stop() throws IOException {
    if (server != null) {
      server.close();
    }
    if (directory != null) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  @Provide
  Arbitrary<List<String>> texts() {
    return HostileTexts.all().list().ofSize(LITERALS);
  }

  @Property(tries = 8, shrinking = ShrinkingMode.OFF)
  void literalsAreReadBackUnderTheStandard(@ForAll("texts") List<String> texts) throws Exception {
    readBack(texts, "on");
  }

  @Property(tries = 8, shrinking = ShrinkingMode.OFF)
  void literalsAreReadBackWhereABackslashEscapes(@ForAll("texts") List<String> texts)
      throws Exception {
    readBack(texts, "off");
  }

  private static void readBack(List<String> texts, String conforming) throws SQLException {
    RealPostgres postgres = java.util.Objects.requireNonNull(server);
    postgres.asSuperuser(
        "postgres",
        "ALTER ROLE postgres SET standard_conforming_strings TO " + conforming,
        "ALTER ROLE postgres SET escape_string_warning TO off");
    Map<String, SecretValue> fields = new TreeMap<>();
    StringBuilder expected = new StringBuilder("|");
    for (int i = 0; i < texts.size(); i++) {
      fields.put("%05d".formatted(i), SecretValue.ofText(texts.get(i)));
      byte[] bytes = texts.get(i).getBytes(StandardCharsets.UTF_8);
      expected.append(HexFormat.of().formatHex(bytes)).append('|');
    }
    byte[] query = QUERY.render(Map.of(new SecretName("texts"), new SecretContent(fields)));
    assertThat(postgres.ask("postgres", "SHOW standard_conforming_strings")).isEqualTo(conforming);
    assertThat(postgres.ask("postgres", new String(query, StandardCharsets.UTF_8)))
        .isEqualTo(expected.toString());
  }
}
