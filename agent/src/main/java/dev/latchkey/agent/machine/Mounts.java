package dev.latchkey.agent.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is mounted where, by the kernel's word in {@code /proc}. No file system is asked, so none
 * that hangs keeps whoever asks here. Safe for use by several threads.
 */
public final class Mounts {

  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final Path ROOT = Path.of("/");
  private static final int POINT = 4;
  private static final int OCTAL = 8;
  private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");

  /** For how long an answer is taken for the next question too. */
  private static final long FRESH = TimeUnit.SECONDS.toNanos(1);

  private final Path mounts;
  private final LongSupplier nanoTime;
  private volatile Seen seen;

  Mounts(Path mounts, LongSupplier nanoTime) {
    this.mounts = mounts;
    this.nanoTime = nanoTime;
    this.seen = look();
  }

  /** Those that this process sees. */
  public static Mounts system(LongSupplier nanoTime) {
    return new Mounts(MOUNTS, nanoTime);
  }

  private record Seen(long atNanos, Set<Path> points) {}

  /**
   * Where the file system is mounted below which a path lies; the root where nobody says. What was
   * mounted less than a second ago may not count yet.
   *
   * @param path absolute, and without symlinks
   */
  public Path above(Path path) {
    Seen latest = seen;
    if (nanoTime.getAsLong() - latest.atNanos() >= FRESH) {
      latest = look();
      seen = latest;
    }
    for (Path part = path; part != null; part = part.getParent()) {
      if (latest.points().contains(part)) {
        return part;
      }
    }
    return ROOT;
  }

  private Seen look() {
    try (Stream<String> lines = Files.lines(mounts, StandardCharsets.ISO_8859_1)) {
      return new Seen(
          nanoTime.getAsLong(),
          lines
              .map(line -> line.split(" ", POINT + 2))
              .filter(words -> words.length > POINT)
              .map(words -> path(words[POINT]))
              .collect(Collectors.toUnmodifiableSet()));
    } catch (IOException unseen) {
      return new Seen(nanoTime.getAsLong(), Set.of());
    }
  }

  private static Path path(String escaped) {
    byte[] bytes =
        ESCAPED
            .matcher(escaped)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(
                        String.valueOf((char) Integer.parseInt(found.group(1), OCTAL))))
            .getBytes(StandardCharsets.ISO_8859_1);
    return Path.of(new String(bytes, StandardCharsets.UTF_8));
  }
}
