package dev.latchkey.agent.inject.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The templates of {@code docs/delivery.md} yield what stands below them. */
class DeliveryPageTest {

  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)( \\w+)?\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

  /** A fenced block. */
  private record Block(String language, String kind, String text) {}

  @Test
  void everyExampleYieldsWhatStandsBelowIt() throws IOException {
    List<Block> blocks = blocks(section());
    Map<SecretName, SecretContent> values =
        Golden.values(new ObjectMapper().readTree(blocks.removeFirst().text()));
    assertThat(blocks)
        .hasSizeGreaterThanOrEqualTo(6)
        .satisfies(all -> assertThat(all.size() % 2).isZero());
    for (int i = 0; i < blocks.size(); i += 2) {
      Block template = blocks.get(i);
      Block below = blocks.get(i + 1);
      assertThat(template.language()).isEqualTo("handlebars");
      assertThat(below.language()).isEqualTo("text");
      if (template.kind().equals("error")) {
        assertThatThrownBy(() -> render(template, values)).hasMessage(below.text().strip());
      } else {
        assertThat(render(template, values)).isEqualTo(below.text());
      }
    }
  }

  @Test
  void everyWordIsInTheTable() throws IOException {
    String section = section();
    assertThat(Tag.values())
        .allSatisfy(tag -> assertThat(section).containsPattern("[`#(]" + tag.word() + "\\b"));
  }

  private static String render(Block template, Map<SecretName, SecretContent> values) {
    byte[] bytes = Template.compile("app.conf", template.text()).render(values);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String section() throws IOException {
    Path root = Path.of(System.getProperty("latchkey.root", ".."));
    String page = Files.readString(root.resolve("docs/delivery.md"));
    String after = page.substring(page.indexOf("\n## Templates\n") + 1);
    int next = after.indexOf("\n## ");
    return next < 0 ? after : after.substring(0, next);
  }

  private static List<Block> blocks(String section) {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(section);
    while (matcher.find()) {
      String kind = matcher.group(2) == null ? "" : matcher.group(2).strip();
      blocks.add(new Block(matcher.group(1), kind, matcher.group(3)));
    }
    return blocks;
  }
}
