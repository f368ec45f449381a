package dev.latchkey.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The packaged programs with their AOT caches, which the launcher makes: with them a process starts
 * in a third of the time. Made once for the same jars; of several test processes one makes them and
 * the others wait.
 */
final class Trained {

  private static final Path PLACE =
      Installation.root().resolve("testing/acceptance/target/installation");

  private static final Path HOME = made();

  private Trained() {}

  /** Where the launcher and its flags lie. */
  static Path home() {
    return HOME;
  }

  private static Path made() {
    Path stamp = PLACE.resolve("made-of");
    try (FileChannel lock =
            FileChannel.open(
                PLACE.resolveSibling("installation.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock alone = lock.lock()) {
      String wanted = content();
      if (!Files.exists(stamp) || !Files.readString(stamp).equals(wanted)) {
        Ran.of(List.of("rm", "-rf", PLACE.toString())).ok();
        ImageContent.layOut(PLACE);
        train();
        Files.writeString(stamp, wanted);
      }
      return PLACE;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void train() {
    List<String> command =
        new ArrayList<>(List.of(PLACE.resolve("bin/latchkey").toString(), "--train"));
    command.addAll(ImageContent.PROGRAMS);
    Ran.of(command, Map.of("JAVA_HOME", System.getProperty("java.home"))).ok();
  }

  /** What the caches depend on. */
  private static String content() throws IOException {
    StringBuilder content = new StringBuilder(System.getProperty("java.home")).append('\n');
    for (String program : ImageContent.PROGRAMS) {
      Path flags = Installation.root().resolve("bin").resolve(program + ".jvmargs");
      content.append(Files.readString(flags));
      for (Path jar : Installation.jars(program)) {
        content.append(jar).append(' ').append(Files.size(jar)).append(' ');
        content.append(Files.getLastModifiedTime(jar)).append('\n');
      }
    }
    return content.toString();
  }
}
