package dev.latchkey.client.placeholder;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The placeholders of one text, read as both frameworks nest them: <code>${NAME:default}</code>,
 * where a default may hold placeholders again.
 */
final class PlaceholderText {

  private static final String BEGIN = "${";

  private final List<SecretReference> references = new ArrayList<>();
  private final List<Named> named = new ArrayList<>();

  private PlaceholderText() {}

  /**
   * A placeholder that is no reference to a secret.
   *
   * @param name the property that it asks for
   * @param inside the placeholders of its name and of what stands behind its colon
   * @param canonical its name, and whatever else between its colons may be one
   */
  private record Named(String name, PlaceholderText inside, Set<String> canonical) {}

  static PlaceholderText parse(String text) {
    PlaceholderText parsed = new PlaceholderText();
    int begin = text.indexOf(BEGIN);
    while (begin >= 0) {
      int inside = begin + BEGIN.length();
      int end = endOf(text, inside);
      if (end < 0) {
        refuseReference(text.substring(inside));
        begin = text.indexOf(BEGIN, inside);
      } else {
        parsed.add(text.substring(inside, end));
        begin = text.indexOf(BEGIN, end);
      }
    }
    return parsed;
  }

  /** Every reference, needed or not. */
  List<SecretReference> references() {
    List<SecretReference> all = new ArrayList<>(references);
    named.forEach(other -> all.addAll(other.inside.references()));
    return all;
  }

  /** The references without which the text has no value. */
  List<SecretReference> needed(Predicate<String> set) {
    List<SecretReference> needed = new ArrayList<>(references);
    named.stream()
        .filter(other -> !set.test(other.name))
        .forEach(other -> needed.addAll(other.inside.needed(set)));
    return needed;
  }

  /** Whether it asks for one of these canonical names. */
  boolean refersToAny(Set<String> names) {
    return named.stream()
        .anyMatch(
            other ->
                other.canonical.stream().anyMatch(names::contains)
                    || other.inside.refersToAny(names));
  }

  private void add(String placeholder) {
    String stripped = placeholder.strip();
    if (stripped.startsWith(SecretReference.PREFIX)) {
      references.add(SecretReference.parse(stripped.substring(SecretReference.PREFIX.length())));
      return;
    }
    Set<String> canonical = new LinkedHashSet<>();
    for (String part : placeholder.split(":", -1)) {
      canonical.add(PropertyTexts.canonical(part));
    }
    named.add(
        new Named(stripped.split(":", 2)[0].strip(), parse(placeholder), Set.copyOf(canonical)));
  }

  /** One that never ends would be taken for a text, and its inside for placeholders. */
  private static void refuseReference(String unclosed) {
    String stripped = unclosed.stripLeading();
    if (stripped.startsWith(SecretReference.PREFIX)) {
      throw SecretReference.malformed(stripped.substring(SecretReference.PREFIX.length()));
    }
  }

  /** Where the placeholder ends whose inside begins at {@code from}; -1 when nowhere. */
  private static int endOf(String text, int from) {
    int open = 0;
    for (int at = from; at < text.length(); at++) {
      if (text.startsWith(BEGIN, at)) {
        open++;
      } else if (text.charAt(at) == '}' && open-- == 0) {
        return at;
      }
    }
    return -1;
  }
}
