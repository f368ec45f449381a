package dev.latchkey.agent.wiring;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The agent's program as a process of its own, over the class path of the tests. */
final class Program {

  private static final int PATIENCE_SECONDS = 60;

  private final Path directory;
  private Optional<Path> programs = Optional.empty();

  /** Its files lie in {@code directory}. */
  Program(Path directory) {
    this.directory = directory;
  }

  /** How a run ended. */
  record Ended(int exit, String out, String err) {}

  /** Writes a configuration with everything below the directory, and {@code more} after it. */
  Path configuration(String more) {
    Path file = directory.resolve("latchkey.yml");
    String text =
        """
        agent:
          state_dir: %1$s/state
          state_key: { file: %1$s/state.key }
          socket: %1$s/run/agent.sock
          operator_socket: %1$s/run/operator/operator.sock
          management_port: -1
        """
            .formatted(directory);
    return write(file, text + more, "rw-r--r--");
  }

  /** Writes the state key, 32 times the same byte. */
  void key(char digit) {
    write(directory.resolve("state.key"), String.valueOf(digit).repeat(64), "rw-------");
  }

  private static Path write(Path file, String text, String mode) {
    try {
      Files.writeString(file, text);
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets it find other programs in this directory first. */
  void findsFirstIn(Path first) {
    programs = Optional.of(first);
  }

  /** Starts it with these words. */
  Process start(String... words) {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(List.of(words));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out().toFile())
            .redirectError(err().toFile());
    programs.ifPresent(
        first -> builder.environment().put("PATH", first + ":" + System.getenv("PATH")));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs it with these words until it ends by itself; that it does not is a failure. */
  Ended run(String... words) throws InterruptedException {
    Process process = start(words);
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("it did not end; it said:\n" + text(out()) + text(err()));
    }
    return new Ended(process.exitValue(), text(out()), text(err()));
  }

  Path out() {
    return directory.resolve("program.out");
  }

  Path err() {
    return directory.resolve("program.err");
  }

  static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
