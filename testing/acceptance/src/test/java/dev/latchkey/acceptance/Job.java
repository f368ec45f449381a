package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The process of a job, which ends when it is let end, and writes its number into a file. */
final class Job implements AutoCloseable {

  private final Path directory;
  private final Process process;

  private Job(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
  }

  /** Begins it in {@code directory}, which is there. */
  static Job begin(Path directory) throws IOException {
    String program = "echo $$ > '%s'; read line".formatted(pidFile(directory));
    return new Job(directory, new ProcessBuilder("sh", "-c", program).start());
  }

  private static Path pidFile(Path directory) {
    return directory.resolve("job.pid");
  }

  Path directory() {
    return directory;
  }

  Path pidFile() {
    return pidFile(directory);
  }

  long pid() {
    return process.pid();
  }

  /** Lets it end, and answers when it had. */
  Instant end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("the job ended").isTrue();
    return Instant.now();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
