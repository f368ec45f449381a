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

  /** One module's jar and what it needs, in the order of its class path. */
  static List<Path> jars(String module) {
    Path target = root().resolve(module).resolve("target");
    List<Path> jars = new ArrayList<>();
    jars.add(target.resolve("latchkey-" + module + ".jar"));
    try (Stream<Path> needed = Files.list(target.resolve("lib"))) {
      needed.sorted().forEach(jars::add);
    } catch (IOException e) {
      throw new UncheckedIOException(module + " is not packaged: run mvn verify from the root", e);
    }
    return jars;
  }

  /**
   * The agent's command, with {@code extra} class path behind its own and more options of the JVM.
   */
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

  /**
   * With the flags that are shipped. Outside the long runs an agent lives for seconds, and gains
   * more by the compiler that is done sooner.
   */
  private static List<String> program(
      String program, String main, List<String> jvm, String extra, String... arguments) {
    Path build = ImageContent.build(Trained.home(), program);
    List<String> command = new ArrayList<>();
    command.addAll(List.of(java(), "@" + ImageContent.flags(Trained.home(), program)));
    command.add("-XX:AOTCache=" + build.resolve("aot"));
    if (!Boolean.getBoolean("latchkey.soak")) {
      command.add("-XX:TieredStopAtLevel=1");
    }
    command.addAll(jvm);
    command.addAll(
        extra.isEmpty()
            ? List.of("@" + build.resolve("args"))
            : List.of("-cp", classPath(build) + File.pathSeparator + extra));
    command.add(main);
    command.addAll(List.of(arguments));
    return command;
  }

  /** As it stands in quotes in the argument file, with nothing in it that is escaped there. */
  private static String classPath(Path build) {
    try {
      String args = Files.readString(build.resolve("args"));
      return args.substring(args.indexOf('"') + 1, args.lastIndexOf('"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
