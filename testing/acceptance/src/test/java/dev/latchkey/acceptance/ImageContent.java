package dev.latchkey.acceptance;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What lies in {@code /opt/latchkey} of the image and of a host: the launcher and both programs,
 * laid out from the packaged jars. Without AOT caches, whose making takes longer than a test.
 */
final class ImageContent {

  /** Where the launcher finds itself. */
  private static final Path PLACE = Path.of("/opt/latchkey");

  private ImageContent() {}

  /** Lays it out in {@code directory}, which is made; everybody may read it. */
  static void layOut(Path directory) throws IOException {
    Path bin = Files.createDirectories(directory.resolve("bin"));
    try (Stream<Path> scripts = Files.list(Installation.root().resolve("bin"))) {
      for (Path script : scripts.filter(Files::isRegularFile).toList()) {
        Files.copy(script, bin.resolve(script.getFileName().toString()));
      }
    }
    for (String program : List.of("agent", "cli")) {
      layOut(directory.resolve("target/launch").resolve(program), program);
    }
    Ran.of(List.of("chmod", "-R", "u=rwX,go=rX", directory.toString())).ok();
  }

  private static void layOut(Path launch, String program) throws IOException {
    Path build = launch.resolve("test");
    Path lib = Files.createDirectories(build.resolve("lib"));
    List<Path> jars =
        Stream.of(Installation.classPath(program).split(File.pathSeparator, -1))
            .map(Path::of)
            .toList();
    for (Path jar : jars) {
      Files.copy(jar, lib.resolve(jar.getFileName().toString()));
    }
    String classPath =
        jars.stream()
            .map(jar -> PLACE + "/target/launch/" + program + "/test/lib/" + jar.getFileName())
            .collect(Collectors.joining(File.pathSeparator));
    Files.writeString(build.resolve("args"), "-cp \"" + classPath + "\"\n");
    Files.writeString(build.resolve("aot.failed"), "");
    Files.writeString(launch.resolve("current"), "test\n");
  }
}
