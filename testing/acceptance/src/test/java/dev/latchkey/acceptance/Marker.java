package dev.latchkey.acceptance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** A text that is part of secrets only, and the search for it in every shape that logs have. */
final class Marker {

  private final String text;

  Marker(String text) {
    this.text = text;
  }

  /** A marker that no other run has. */
  static Marker fresh() {
    return new Marker("Zq7Marker" + Long.toHexString(new SplittableRandom().nextLong()) + "x9K");
  }

  @Override
  public String toString() {
    return text;
  }

  /** Where the marker stands in a file, or in one below a directory; empty when it does not. */
  List<String> foundBelow(Path path) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        found.addAll(foundIn(file.toString(), Files.readAllBytes(file)));
      }
    }
    return found;
  }

  /** The shapes of the marker that {@code bytes} hold, each with {@code where}. */
  List<String> foundIn(String where, byte[] bytes) {
    String latin = new String(bytes, StandardCharsets.ISO_8859_1);
    String withoutSpaces = latin.replaceAll("[\\s\\x00]", "");
    List<String> found = new ArrayList<>();
    for (String shape : shapes()) {
      if (latin.contains(shape) || withoutSpaces.contains(shape)) {
        found.add(where + " holds it as " + (shape.equals(text) ? "text" : shape));
      }
    }
    return found;
  }

  /** The text, its digits in both cases, and base64 of it wherever in a value it begins. */
  private List<String> shapes() {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    List<String> shapes = new ArrayList<>();
    shapes.add(text);
    shapes.add(HexFormat.of().formatHex(bytes));
    shapes.add(HexFormat.of().formatHex(bytes).toUpperCase(Locale.ROOT));
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + bytes.length];
      System.arraycopy(bytes, 0, shifted, before, bytes.length);
      int begin = before == 0 ? 0 : 4;
      int whole = shifted.length / 3 * 4;
      shapes.add(Base64.getEncoder().encodeToString(shifted).substring(begin, whole));
      shapes.add(Base64.getUrlEncoder().encodeToString(shifted).substring(begin, whole));
    }
    return shapes.stream().distinct().toList();
  }
}
