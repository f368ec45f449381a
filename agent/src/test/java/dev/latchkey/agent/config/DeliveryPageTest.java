package dev.latchkey.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.machine.Accounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/delivery.md} shows is a configuration that is taken. */
class DeliveryPageTest {

  private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  /** Everybody is known here, as on the reader's machine. */
  private static final Accounts ACCOUNTS =
      new Accounts() {
        @Override
        public OptionalInt uid(String user) {
          return OptionalInt.of(1000);
        }

        @Override
        public OptionalInt gid(String group) {
          return OptionalInt.of(1000);
        }
      };

  private static final Pattern SECTION =
      Pattern.compile("\n## Files in the configuration\n(.*?)(\n## |\\z)", Pattern.DOTALL);

  private static final Pattern TEMPLATE =
      Pattern.compile("```handlebars\n(.*?)```", Pattern.DOTALL);
  private static final String PLACE_OF_TEMPLATES = "/etc/latchkey";

  @TempDir Path templates;

  @Test
  void everyExampleIsTaken() throws IOException {
    String page =
        Files.readString(
            Path.of(System.getProperty("latchkey.root", "..")).resolve("docs/delivery.md"));
    Matcher section = SECTION.matcher(page);
    assertThat(section.find()).isTrue();
    Matcher template = TEMPLATE.matcher(section.group(1));
    assertThat(template.find()).isTrue();
    Files.writeString(templates.resolve("orders.conf.template"), template.group(1));
    List<String> examples =
        EXAMPLE
            .matcher(section.group(1))
            .results()
            .map((MatchResult found) -> found.group(1))
            .map(example -> example.replace(PLACE_OF_TEMPLATES, templates.toString()))
            .toList();
    assertThat(examples).hasSizeGreaterThanOrEqualTo(5);
    assertThat(examples)
        .allSatisfy(
            example ->
                assertThat(
                        new ConfigLoader(Map.of(), ACCOUNTS, target -> {})
                            .parse("delivery.md", example, false))
                    .as(example)
                    .isInstanceOf(Loaded.Accepted.class));
  }
}
