package dev.latchkey.agent.inject.template;

/**
 * Counts the tags of a text and what stands in them, before the engine parses any: it makes some
 * hundred bytes of each character in a tag, and a hardly longer text of all that is beside them.
 */
final class Extent {

  /** How many tags a template may have, comments and braces that are text included. */
  static final int MAX_TAGS = 4000;

  /** How many characters may stand in the tags, all together. */
  static final int MAX_INSIDE = 64 * 1024;

  private static final String OPENING = "{{";
  private static final String CLOSING = "}}";

  private final String name;
  private final String text;

  private Extent(String name, String text) {
    this.name = name;
    this.text = text;
  }

  /**
   * Refuses too many tags, or too much in them.
   *
   * @throws TemplateException at the first tag that is too much
   */
  static void check(String name, String text) {
    new Extent(name, text).check();
  }

  private void check() {
    int tags = 0;
    int inside = 0;
    int at = text.indexOf(OPENING);
    while (at >= 0) {
      int end = end(at + OPENING.length());
      tags++;
      inside += isComment(at + OPENING.length()) ? 0 : end - at;
      if (tags > MAX_TAGS) {
        throw refused(at, "has more than " + MAX_TAGS + " tags");
      }
      if (inside > MAX_INSIDE) {
        throw refused(at, "has tags of more than " + MAX_INSIDE + " characters together");
      }
      at = text.indexOf(OPENING, end);
    }
  }

  private boolean isComment(int from) {
    return text.startsWith("!", from) || text.startsWith("~!", from);
  }

  /** Behind a tag that begins before {@code from}; braces in quotes do not end it. */
  private int end(int from) {
    char quote = 0;
    for (int i = from; i < text.length(); i++) {
      char character = text.charAt(i);
      if (quote != 0) {
        quote = character == quote ? 0 : quote;
      } else if (text.startsWith(CLOSING, i)) {
        return i + CLOSING.length();
      } else if ((character == '"' || character == '\'') && !isComment(from)) {
        quote = character;
      }
    }
    return text.length();
  }

  private TemplateException refused(int at, String problem) {
    Utf8.Place place = Utf8.Place.after(text.substring(0, at));
    return new TemplateException(name, place.line(), place.column(), problem);
  }
}
