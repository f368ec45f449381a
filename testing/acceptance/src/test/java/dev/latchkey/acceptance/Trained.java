package dev.latchkey.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The packaged programs with their AOT caches, which the launcher makes: with them a process starts
 * in a third of the time. What was packaged anew gets a directory of its own, since processes may
 * run from the one before. Of several test processes one makes it, and the others wait.
 */
final class Trained {

  private static final Path TARGET = Installation.root().resolve("testing/acceptance/target");

  private static @Nullable Path home;

  private Trained() {}

  /** Where the scripts and the programs lie. */
  static synchronized Path home() {
    if (home == null) {
      home = made();
    }
    return home;
  }

  private static Path made() {
    try (FileChannel file =
            FileChannel.open(
                TARGET.resolve("installation.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock alone = file.lock()) {
      Path place = TARGET.resolve("installation").resolve(digest());
      Path whole = place.resolve("whole");
      if (!Files.exists(whole)) {
        Ran.of(List.of("rm", "-rf", place.toString())).ok();
        ImageContent.layOut(place);
        Files.createFile(whole);
      }
      train(place);
      return place;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Which does nothing where the caches fit, and fails at once where it failed before. */
  private static void train(Path place) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(place.resolve("bin/latchkey").toString(), "--train"));
    command.addAll(ImageContent.PROGRAMS);
    Map<String, String> environment =
        Map.of("JAVA_HOME", System.getProperty("java.home"), "LATCHKEY_AOT", "on");
    Ran ran = Ran.of(command, environment);
    if (ran.exit() == 0) {
      return;
    }
    StringBuilder why = new StringBuilder(ran.out());
    for (String program : ImageContent.PROGRAMS) {
      Path log = ImageContent.build(place, program).resolve("train.log");
      if (Files.exists(log)) {
        why.append(Files.readString(log));
      }
    }
    throw new AssertionError(
        "no AOT caches; to try again, remove " + place + ". Why there are none:\n" + why);
  }

  /** Of all that is copied. */
  private static String digest() throws IOException {
    List<Path> files = new ArrayList<>(ImageContent.scripts());
    for (String program : ImageContent.PROGRAMS) {
      files.addAll(Installation.jars(program));
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files) {
        String line =
            "%s %d %s\n".formatted(file, Files.size(file), Files.getLastModifiedTime(file));
        digest.update(line.getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
