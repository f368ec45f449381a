package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real shell that does the same again and again, as fast as it can, until it is stopped. */
final class ShellLoop implements AutoCloseable {

  private final Path place;
  private final Process process;

  private ShellLoop(Path place, Process process) {
    this.place = place;
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param place a directory of its own, which is made
   * @param environment everything that the shell has in its environment, as {@code NAME=value}
   * @param turn what is done in each turn
   */
  static ShellLoop start(Path place, String shell, List<String> environment, String turn)
      throws IOException {
    Files.createDirectories(place);
    Path script = place.resolve("loop.sh");
    Files.writeString(
        script, "while [ ! -e '%s/stop' ]; do\n%s\ndone\n".formatted(place, turn.strip()));
    ProcessBuilder builder =
        new ProcessBuilder(shell, script.toString())
            .redirectOutput(place.resolve("out").toFile())
            .redirectError(place.resolve("err").toFile())
            .redirectInput(Path.of("/dev/null").toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    for (String each : environment) {
      String[] word = each.split("=", 2);
      builder.environment().put(word[0], word[1]);
    }
    return new ShellLoop(place, builder.start());
  }

  /** Where it says what it does. */
  Path out() {
    return place.resolve("out");
  }

  /** Waits until it has said more than {@code bytes}. */
  void awaitMore(long bytes) {
    await("the loop in " + place + " to go on")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> Files.size(out()) > bytes);
  }

  /** Waits for the end of its turn; it ends well and without complaint. */
  void stop() throws IOException, InterruptedException {
    Files.writeString(place.resolve("stop"), "");
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the end of the loop").isTrue();
    assertThat(Files.readString(place.resolve("err"))).isEmpty();
    assertThat(process.exitValue()).isZero();
  }

  @Override
  public void close() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
  }
}
