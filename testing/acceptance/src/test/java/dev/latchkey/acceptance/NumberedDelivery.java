package dev.latchkey.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A set of three files and a file by itself in one directory. Each tells its field and its number
 * in every line, so that a part of it, a mix of two numbers and a wrong field are recognised.
 */
record NumberedDelivery(Path place) {

  static final String SET_SECRET = "three";
  static final String FILE_SECRET = "one";

  private static final List<String> FIELDS = List.of("a", "b", "c");
  private static final Pattern VERSION = Pattern.compile("\\.set\\.(\\d+)");

  /** Some pages, and no multiple of one. */
  private static final int LINES = 1_501;

  /** The section {@code files:} that delivers them. */
  String declared() {
    return """
    files:
      set:
        path: %1$s/set
        secret: three
        set: { a: { field: a }, b: { field: b }, c: { field: c } }
      file:
        path: %1$s/file
        secret: one
        field: a
    """
        .formatted(place);
  }

  static Map<String, String> setOf(long number) {
    Map<String, String> fields = new TreeMap<>();
    FIELDS.forEach(field -> fields.put(field, line(field, number).repeat(LINES)));
    return fields;
  }

  static Map<String, String> fileOf(long number) {
    return Map.of("a", line("a", number).repeat(LINES));
  }

  private static String line(String field, long number) {
    return field + " " + number + "\n";
  }

  boolean isThere() {
    return Files.exists(place.resolve("set")) && Files.exists(place.resolve("file"));
  }

  /** The number of the single file, which has to be whole. */
  long file() throws IOException {
    return number("a", place.resolve("file"));
  }

  /** The number of the set, whose directory is resolved once, and which has to be whole. */
  long set() throws IOException {
    return set(place.resolve("set").toRealPath());
  }

  private static long set(Path version) throws IOException {
    long number = number("a", version.resolve("a"));
    for (String field : FIELDS) {
      assertThat(number(field, version.resolve(field)))
          .as("%s of one version", field)
          .isEqualTo(number);
    }
    return number;
  }

  private static long number(String field, Path path) throws IOException {
    String text = Files.readString(path, UTF_8);
    String first = text.lines().findFirst().orElse("");
    assertThat(first).as("the first line of %s", path).matches(field + " \\d+");
    assertThat(text.equals((first + "\n").repeat(LINES)))
        .as("%s is whole: %d bytes that begin with %s", path, text.length(), first)
        .isTrue();
    return Long.parseLong(first.substring(field.length() + 1));
  }

  /** Whether something is there that only an unfinished write makes. */
  boolean hasLeftovers() throws IOException {
    long current = version(Files.readSymbolicLink(place.resolve("set")).toString());
    return names().stream()
        .anyMatch(name -> name.endsWith(".tmp") || (isVersion(name) && version(name) > current));
  }

  /** Nothing is there but the deliveries and earlier versions of the set, each of them whole. */
  void isClean() throws IOException {
    assertThat(hasLeftovers()).as("leftovers among %s", names()).isFalse();
    assertThat(names())
        .contains("file", "set")
        .allMatch(name -> name.equals("file") || name.equals("set") || isVersion(name));
    for (String name : names()) {
      if (isVersion(name)) {
        set(place.resolve(name));
      }
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(place)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static boolean isVersion(String name) {
    return VERSION.matcher(name).matches();
  }

  private static long version(String name) {
    Matcher matcher = VERSION.matcher(name);
    assertThat(matcher.matches()).as(name).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}
