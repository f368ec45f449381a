package dev.latchkey.client.placeholder;

import dev.latchkey.client.LatchkeyException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The properties of a configuration whose text holds placeholders, as they are written where they
 * win, and what these refer to.
 *
 * <p>Names are compared without case, blanks and separators, because frameworks take {@code
 * mail.userName}, {@code mail.user-name} and {@code MAIL_USER_NAME} for one another. Two names that
 * fall together this way cost a refresh too many, never one too few. Immutable; holds no value.
 */
public final class PropertyTexts {

  private final Map<String, PlaceholderText> texts = new LinkedHashMap<>();
  private final Map<SecretReference, String> others = new LinkedHashMap<>();
  private final Predicate<String> set;

  private PropertyTexts(Map<String, String> written, Predicate<String> set) {
    this.set = set;
    written.forEach(
        (property, text) -> {
          try {
            texts.put(property, PlaceholderText.parse(text));
          } catch (LatchkeyException malformed) {
            throw new LatchkeyException(
                malformed.reason(), "In the property " + property + ": " + malformed.getMessage());
          }
        });
  }

  /**
   * The properties {@code written}, each with its text.
   *
   * @param set whether the configuration gives a property of that name, so that what stands behind
   *     its colon is not needed
   * @throws LatchkeyException {@code INVALID_REQUEST} when a placeholder is not of the form
   */
  public static PropertyTexts of(Map<String, String> written, Predicate<String> set) {
    return new PropertyTexts(written, set);
  }

  /** These properties, and references that stand somewhere else, such as in an annotation. */
  public PropertyTexts and(Set<SecretReference> elsewhere, String place) {
    PropertyTexts more = new PropertyTexts(Map.of(), set);
    more.texts.putAll(texts);
    more.others.putAll(others);
    elsewhere.forEach(reference -> more.others.put(reference, place));
    return more;
  }

  /**
   * What has to be readable for every property to have a value, each with a property that needs it.
   * A placeholder that is the default of another is needed where that has no value.
   */
  public Map<SecretReference, String> references() {
    Map<SecretReference, String> needed = new LinkedHashMap<>();
    texts.forEach(
        (property, text) ->
            text.needed(set).forEach(reference -> needed.putIfAbsent(reference, property)));
    others.forEach(needed::putIfAbsent);
    return needed;
  }

  /**
   * The properties that hold a placeholder for one of the secrets, and those that refer to them.
   */
  public Set<String> dependingOn(Set<String> secrets) {
    Set<String> depending = new LinkedHashSet<>();
    List<String> next = new ArrayList<>();
    texts.forEach(
        (property, text) -> {
          if (text.references().stream().anyMatch(found -> secrets.contains(found.secret()))) {
            next.add(property);
          }
        });
    while (!next.isEmpty()) {
      depending.addAll(next);
      Set<String> last = new LinkedHashSet<>();
      next.forEach(property -> last.add(canonical(property)));
      next.clear();
      texts.forEach(
          (property, text) -> {
            if (!depending.contains(property) && text.refersToAny(last)) {
              next.add(property);
            }
          });
    }
    return depending;
  }

  /** What is left of a name when all that frameworks let differ is taken away. */
  static String canonical(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
  }
}
