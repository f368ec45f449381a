package dev.latchkey.agent.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who this process is and what it may give away, by the kernel's word in {@code /proc}.
 *
 * @param mayChown whether it holds CAP_CHOWN
 */
public record OwnRights(int uid, int gid, Set<Integer> groups, boolean mayChown) {

  private static final Path STATUS = Path.of("/proc/thread-self/status");
  private static final int EFFECTIVE = 1;
  private static final int HEXADECIMAL = 16;

  /** The first capability of all. */
  private static final long CAP_CHOWN = 1;

  /** Those of this process, now. */
  public static OwnRights read() {
    try {
      return parse(Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1));
    } catch (IOException failed) {
      throw new UncheckedIOException("the own rights could not be read from /proc", failed);
    }
  }

  /** Those that the lines of a {@code status} in {@code /proc} tell. */
  public static OwnRights parse(List<String> status) {
    long capabilities = Long.parseUnsignedLong(words(status, "CapEff:").getFirst(), HEXADECIMAL);
    return new OwnRights(
        number(words(status, "Uid:").get(EFFECTIVE)),
        number(words(status, "Gid:").get(EFFECTIVE)),
        words(status, "Groups:").stream().map(OwnRights::number).collect(Collectors.toSet()),
        (capabilities & CAP_CHOWN) != 0);
  }

  /** Whether a file may be given to a group. */
  public boolean mayGiveTo(int group) {
    return mayChown || isIn(group);
  }

  /** Whether this process is in a group. */
  public boolean isIn(int group) {
    return group == gid || groups.contains(group);
  }

  private static int number(String word) {
    return Integer.parseUnsignedInt(word);
  }

  private static List<String> words(List<String> status, String key) {
    return status.stream()
        .filter(line -> line.startsWith(key))
        .flatMap(line -> Arrays.stream(line.substring(key.length()).strip().split("\\s+")))
        .flatMap(word -> word.isEmpty() ? Stream.empty() : Stream.of(word))
        .toList();
  }
}
