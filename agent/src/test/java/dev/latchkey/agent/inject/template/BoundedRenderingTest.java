package dev.latchkey.agent.inject.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What asks for more than the bounds of a template is refused before it is made. */
class BoundedRenderingTest {

  private static final int PATIENCE_SECONDS = 120;

  private static final String TOO_LONG =
      "refused field \"v\" of secret \"a\" is longer than 1048576 bytes";

  @TempDir Path directory;

  @Test
  void nothingThatATemplateCanAskForTakesTheMemoryOfTheAgent()
      throws IOException, InterruptedException {
    assertThat(saidInASmallProcess())
        .containsExactlyInAnyOrder(
            "as many tags as may be: rendered 12000",
            "base64: " + TOO_LONG,
            "blocks: rendered 0",
            "fields in fields: refused open loops go through more than 4194304 bytes",
            "indent of line feeds in the template: "
                + "refused the text in quotes is longer than 1048576 bytes",
            "indent of line feeds: " + TOO_LONG,
            "json of controls: " + TOO_LONG,
            "json of wide text: " + TOO_LONG,
            "lines in each other: refused open loops go through more than 4194304 bytes",
            "lines: refused loops take more than 100000 turns",
            "one tag more: refused has more than 4000 tags",
            "shell of quotes: " + TOO_LONG,
            "sql of quotes: " + TOO_LONG,
            "the greatest file: rendered 1048576",
            "url of blanks: " + TOO_LONG,
            "words: refused has tags of more than 65536 characters together",
            "held 33554432");
  }

  private List<String> saidInASmallProcess() throws IOException, InterruptedException {
    Path said = directory.resolve("said");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                System.getProperty("java.class.path"),
                Rendered.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    assertThat(process.waitFor()).as("ended, having said %s", Files.readString(said)).isZero();
    return Files.readAllLines(said);
  }
}
