package dev.latchkey.agent.inject.template;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Refuses the kinds of tags that the engine knows and we do not, at their exact place. */
final class Dialect {

  /** Comments and braces that stand for themselves are passed over. */
  private static final Pattern MARK =
      Pattern.compile(
          """
          \\{\\{~?!--.*?--~?}}        # a comment that may hold tags
          |\\{\\{~?!.*?}}             # a comment
          |\\\\\\{\\{                 # braces that are text
          |(?<mark>\\{\\{~?
             (?:\\^(?!\\s*~?}})       # inverted, which the engine reads wrongly before a helper
             |=                       # other marks
             |\\#?\\s*[>*]            # a partial or a decorator
             |\\{\\{                  # raw text
          ))
          """,
          Pattern.DOTALL | Pattern.COMMENTS);

  private Dialect() {}

  static void check(String name, String text) {
    Matcher matcher = MARK.matcher(text);
    while (matcher.find()) {
      String mark = matcher.group("mark");
      if (mark != null) {
        Utf8.Place place = Utf8.Place.after(text.substring(0, matcher.start()));
        throw new TemplateException(
            name, place.line(), place.column(), problem(mark.charAt(mark.length() - 1)));
      }
    }
  }

  private static String problem(char last) {
    return switch (last) {
      case '^' -> "write {{#unless …}} instead of {{^…}}";
      case '=' -> "the marks of a tag stay {{ and }}; write \\{{ for braces that are text";
      case '>' -> "a template includes no other";
      case '*' -> "a template decorates nothing; a tag does not begin with *";
      default -> "no tag begins with four braces; write \\{{ for braces that are text";
    };
  }
}
