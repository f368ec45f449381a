package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.inject.FileTree;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.slf4j.Logger;

/** A process of its own that runs {@link Delivering}; the words in front of it say how. */
final class Child {

  private static final int SECONDS = 120;

  private Child() {}

  /** The command with the class path of the tests. */
  static List<String> command(List<String> words, String... arguments) {
    return command(words, System.getProperty("java.class.path"), arguments);
  }

  private static List<String> command(List<String> words, String classPath, String... arguments) {
    List<String> command = new ArrayList<>(words);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-Xshare:auto",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Dslf4j.internal.verbosity=ERROR",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath,
            Delivering.class.getName()));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /**
   * The command on a copy of what it needs, which every user may read; the directory becomes
   * readable for everybody.
   */
  static List<String> readableCommand(Path directory, List<String> words, String... arguments)
      throws IOException {
    Path copies = directory.resolve("classes");
    if (!Files.exists(copies)) {
      for (Class<?> each :
          List.of(FileTree.class, Delivering.class, Logger.class, NullMarked.class)) {
        copy(origin(each), copies.resolve(each.getSimpleName()));
      }
      makeReadable(copies);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    try (Stream<Path> entries = Files.list(copies)) {
      String classPath =
          entries.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
      return command(words, classPath, arguments);
    }
  }

  private static Path origin(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Copies a jar, or of a directory of classes the packages that are needed. */
  private static void copy(Path origin, Path copy) throws IOException {
    if (Files.isRegularFile(origin)) {
      Files.write(copy, Files.readAllBytes(origin));
      return;
    }
    for (String name :
        List.of(
            "dev/latchkey/agent/inject",
            "dev/latchkey/agent/machine",
            "dev/latchkey/agent/time",
            "dev/latchkey/agent/secret",
            "dev/latchkey/agent/files/posix")) {
      if (Files.isDirectory(origin.resolve(name))) {
        Path into = Files.createDirectories(copy.resolve(name));
        try (Stream<Path> classes = Files.list(origin.resolve(name))) {
          for (Path each : classes.filter(Files::isRegularFile).toList()) {
            Files.copy(each, into.resolve(each.getFileName()));
          }
        }
      }
    }
  }

  private static void makeReadable(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : all.toList()) {
        String mode = Files.isDirectory(each) ? "rwxr-xr-x" : "r--r--r--";
        Files.setPosixFilePermissions(each, PosixFilePermissions.fromString(mode));
      }
    }
  }

  /** Runs a command to its end and answers what it printed, one line after another. */
  static List<String> run(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("latchkey-child", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("did not end: " + Files.readString(output));
      }
      List<String> lines = Files.readAllLines(output);
      if (process.exitValue() != 0) {
        throw new AssertionError("ended with " + process.exitValue() + ": " + lines);
      }
      return lines;
    } finally {
      Files.delete(output);
    }
  }

  /** Whether a command can be run to a good end on this machine. */
  static boolean works(List<String> words) {
    List<String> command = new ArrayList<>(words);
    command.add("true");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
