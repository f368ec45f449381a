package dev.latchkey.agent.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is mounted where, by the kernel's word in {@code /proc}. No file system is asked, so none
 * that hangs keeps whoever asks here. Safe for use by several threads.
 */
public final class Mounts {

  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final int ID = 0;
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
    this.seen = new Seen(nanoTime.getAsLong(), look(Map.of()));
  }

  /** Those that this process sees. */
  public static Mounts system(LongSupplier nanoTime) {
    return new Mounts(MOUNTS, nanoTime);
  }

  /** Names stay text: anybody may mount at one that is no path in this locale. */
  private record Seen(long atNanos, Map<String, String> idByPoint) {}

  /**
   * The mount that a path lies in, as text that no other mount has, nor one that comes to the same
   * place later; empty where nobody says. What was mounted less than a second ago may not count
   * yet.
   *
   * @param path absolute, and without symlinks
   */
  public String above(Path path) {
    Seen latest = seen;
    if (nanoTime.getAsLong() - latest.atNanos() >= FRESH) {
      latest = new Seen(nanoTime.getAsLong(), look(latest.idByPoint()));
      seen = latest;
    }
    for (Path part = path; part != null; part = part.getParent()) {
      String id = latest.idByPoint().get(part.toString());
      if (id != null) {
        return id + " " + part;
      }
    }
    return "";
  }

  /** What could not be read is what it was before. */
  private Map<String, String> look(Map<String, String> before) {
    List<String> lines;
    try {
      lines = Files.readAllLines(mounts, StandardCharsets.ISO_8859_1);
    } catch (IOException unseen) {
      return before;
    }
    Map<String, String> idByPoint = new HashMap<>();
    for (String line : lines) {
      String[] words = line.split(" ", POINT + 2);
      if (words.length > POINT) {
        // Of several at one place the last is the one that is seen there.
        idByPoint.put(unescaped(words[POINT]), words[ID]);
      }
    }
    return Map.copyOf(idByPoint);
  }

  private static String unescaped(String point) {
    byte[] bytes =
        ESCAPED
            .matcher(point)
            .replaceAll(found -> Matcher.quoteReplacement(character(found.group(1))))
            .getBytes(StandardCharsets.ISO_8859_1);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String character(String octal) {
    return String.valueOf((char) Integer.parseInt(octal, OCTAL));
  }
}
