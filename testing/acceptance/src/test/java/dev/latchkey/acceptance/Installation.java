package dev.latchkey.acceptance;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The jars that were built, and how each program is started from them. */
final class Installation {

  private Installation() {}

  /** The root of the checkout. */
  static Path root() {
    return Path.of(System.getProperty("latchkey.root", "../..")).toAbsolutePath().normalize();
  }

  /** The java of the JDK that runs the tests. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The class path of one module's jar and what it needs. */
  static String classPath(String module) {
    Path target = root().resolve(module).resolve("target");
    try (Stream<Path> jars = Files.list(target.resolve("lib"))) {
      List<String> entries = new ArrayList<>();
      entries.add(target.resolve("latchkey-" + module + ".jar").toString());
      jars.map(Path::toString).sorted().forEach(entries::add);
      return String.join(File.pathSeparator, entries);
    } catch (IOException e) {
      throw new UncheckedIOException(module + " is not packaged: run mvn verify from the root", e);
    }
  }

  /** The agent's command, with {@code extra} class path in front and more options of the JVM. */
  static List<String> agent(List<String> jvm, String extra, String... arguments) {
    return program("agent", "dev.latchkey.agent.wiring.Main", jvm, extra, arguments);
  }

  /** The command line's command. */
  static List<String> cli(List<String> jvm, String... arguments) {
    return program("cli", "dev.latchkey.cli.Main", jvm, "", arguments);
  }

  /** Puts the command {@code latchkey} into a directory for programs, and answers that. */
  static Path commandIn(Path bin) throws IOException {
    String launch = String.join("' '", cli(List.of()));
    Path latchkey =
        Files.writeString(bin.resolve("latchkey"), "#!/bin/sh\nexec '" + launch + "' \"$@\"\n");
    Files.setPosixFilePermissions(latchkey, PosixFilePermissions.fromString("rwxr-xr-x"));
    return bin;
  }

  private static List<String> program(
      String module, String main, List<String> jvm, String extra, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(List.of("-Xmx96m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    if (!Boolean.getBoolean("latchkey.soak")) {
      command.add("-XX:TieredStopAtLevel=1");
    }
    command.addAll(jvm);
    String classPath = classPath(module);
    command.addAll(
        List.of("-cp", extra.isEmpty() ? classPath : extra + File.pathSeparator + classPath, main));
    command.addAll(List.of(arguments));
    return command;
  }
}
