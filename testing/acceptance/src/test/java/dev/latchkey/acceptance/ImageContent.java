package dev.latchkey.acceptance;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What lies in {@code /opt/latchkey} of the image and of a host: the scripts and both programs,
 * laid out from the packaged jars. Everybody may read it.
 */
final class ImageContent {

  /** The programs that the image holds. */
  static final List<String> PROGRAMS = List.of("cli", "agent");

  /** Where the launcher finds itself in the image. */
  private static final Path PLACE = Path.of("/opt/latchkey");

  private static final String BUILD = "test";

  private ImageContent() {}

  /** Lays it out in {@code directory}, which is made; the launcher has still to train it. */
  static void layOut(Path directory) throws IOException {
    copy(directory);
    letRead(directory);
  }

  /**
   * The same, to be mounted where the image has it. Without AOT caches, whose making takes longer
   * than a test.
   */
  static void layOutWithoutCaches(Path directory) throws IOException {
    copy(directory);
    for (String program : PROGRAMS) {
      String classPath =
          Installation.jars(program).stream()
              .map(jar -> build(PLACE, program).resolve("lib").resolve(jar.getFileName()))
              .map(Path::toString)
              .collect(Collectors.joining(File.pathSeparator));
      Path build = build(directory, program);
      Files.writeString(build.resolve("args"), "-cp \"" + classPath + "\"\n");
      Files.writeString(build.resolve("aot.failed"), "");
    }
    letRead(directory);
  }

  private static void copy(Path directory) throws IOException {
    Path bin = Files.createDirectories(directory.resolve("bin"));
    for (Path script : scripts()) {
      Files.copy(script, bin.resolve(script.getFileName()));
    }
    for (String program : PROGRAMS) {
      Path lib = Files.createDirectories(build(directory, program).resolve("lib"));
      for (Path jar : Installation.jars(program)) {
        Files.copy(jar, lib.resolve(jar.getFileName()));
      }
      Files.writeString(build(directory, program).resolveSibling("current"), BUILD + "\n");
    }
  }

  private static void letRead(Path directory) {
    Ran.of(List.of("chmod", "-R", "u=rwX,go=rX", directory.toString())).ok();
  }

  /** What is in its {@code bin}, where it comes from. */
  static List<Path> scripts() throws IOException {
    try (Stream<Path> scripts = Files.list(Installation.root().resolve("bin"))) {
      return scripts.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Where the jars of a program, its class path and its AOT cache lie. */
  static Path build(Path directory, String program) {
    return directory.resolve("target/launch").resolve(program).resolve(BUILD);
  }

  /** The flags of a program. */
  static Path flags(Path directory, String program) {
    return directory.resolve("bin").resolve(program + ".jvmargs");
  }
}
