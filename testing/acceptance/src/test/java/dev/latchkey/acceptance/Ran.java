package dev.latchkey.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How a program ended, and all that it printed.
 *
 * @param out both of its outputs, in the order in which they came
 */
record Ran(int exit, String out) {

  private static final long LIMIT_SECONDS = 120;

  /** Runs a program without input to its end. */
  static Ran of(List<String> command) {
    return of(command, Map.of());
  }

  /** Runs a program, with more in its environment, without input to its end. */
  static Ran of(List<String> command, Map<String, String> environment) {
    try {
      Path out = Files.createTempFile("ran", ".out");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError("did not end: " + command + "\n" + Files.readString(out));
      }
      Ran ran = new Ran(process.exitValue(), new String(Files.readAllBytes(out), UTF_8));
      Files.delete(out);
      return ran;
    } catch (IOException e) {
      throw new AssertionError("could not be run: " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** The same, if it ended well; a failure with what it printed otherwise. */
  Ran ok() {
    if (exit != 0) {
      throw new AssertionError("exit " + exit + "\n" + out);
    }
    return this;
  }

  /** Whether a program of this name is on the path. */
  static boolean isThere(String program) {
    return of(List.of("sh", "-c", "command -v " + program)).exit() == 0;
  }
}
