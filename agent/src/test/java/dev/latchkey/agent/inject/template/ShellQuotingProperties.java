package dev.latchkey.agent.inject.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A real {@code /bin/sh} takes each quoted value for one word of the same bytes. */
class ShellQuotingProperties {

  private static final int WORDS = Boolean.getBoolean("latchkey.soak") ? 1000 : 40;

  private static final Template SCRIPT =
      Template.compile(
          "script",
          """
          LC_ALL=C.UTF-8; export LC_ALL
          {{#each (fields "words")}}
          word={{shell this}}
          printf '%s\\0%s\\0' "$word" {{shell this}}
          {{/each}}
          """);

  @Provide
  Arbitrary<List<String>> words() {
    return HostileTexts.all().list().ofSize(WORDS);
  }

  @Property(tries = 10)
  void theShellReadsBackEachWord(@ForAll("words") List<String> words) throws Exception {
    Map<String, SecretValue> fields = new TreeMap<>();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < words.size(); i++) {
      fields.put("%05d".formatted(i), SecretValue.ofText(words.get(i)));
      expected.append(words.get(i)).append('\0').append(words.get(i)).append('\0');
    }
    byte[] script = SCRIPT.render(Map.of(new SecretName("words"), new SecretContent(fields)));
    assertThat(run(script)).isEqualTo(expected.toString());
  }

  private static String run(byte[] script) throws IOException, InterruptedException {
    Path file = Files.createTempFile("latchkey-script", ".sh");
    try {
      Files.write(file, script);
      Process shell =
          new ProcessBuilder("/bin/sh", file.toString()).redirectErrorStream(true).start();
      String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(shell.exitValue()).isZero();
      return said;
    } finally {
      Files.delete(file);
    }
  }
}
