package dev.latchkey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lesson that fails leaves the launcher and the image without the cache of the command line. */
class TrainingTest {

  @TempDir Path directory;

  @Test
  void everyLessonEndsWell() throws Exception {
    Path said = directory.resolve("said");
    Process training =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Training.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(training.waitFor(60, TimeUnit.SECONDS)).as("ends in time").isTrue();
      assertThat(training.exitValue()).as(Files.readString(said)).isZero();
    } finally {
      training.destroyForcibly();
    }
  }
}
