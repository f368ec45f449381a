package dev.latchkey.client.placeholder;

import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.LatchkeyException.Reason;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One field of one secret, written {@code NAME#field}; in the text of a configuration, <code>
 * ${latchkey:NAME#field}</code>.
 *
 * <p>There is no default and nothing nested: what is not of this form is an error and never a
 * value.
 *
 * @param secret the secret's name at the agent
 * @param field the name of one of its fields
 */
public record SecretReference(String secret, String field) {

  /** What a placeholder begins with, after its brace. */
  public static final String PREFIX = "latchkey:";

  private static final Pattern FORM =
      Pattern.compile("([a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*)#([^#${}:`\\s\\p{Cntrl}]+)");
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\$\\{\\s*" + PREFIX + "([^}]*)}", Pattern.DOTALL);

  /**
   * Reads what stands behind {@link #PREFIX}; blanks around it do not count.
   *
   * @throws LatchkeyException {@code INVALID_REQUEST} when it is not of the form {@code NAME#field}
   */
  public static SecretReference parse(String text) {
    Matcher parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      throw malformed(text);
    }
    return new SecretReference(parts.group(1), parts.group(2));
  }

  /**
   * The text with each placeholder replaced by what {@code replacement} makes of its reference.
   *
   * @throws LatchkeyException {@code INVALID_REQUEST} when a placeholder is not of the form
   */
  public static String replace(String text, Function<SecretReference, String> replacement) {
    if (!text.contains(PREFIX)) {
      return text;
    }
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(replacement.apply(parse(found.group(1)))));
  }

  /** What is said of a placeholder that begins like a reference and is none. */
  static LatchkeyException malformed(String text) {
    return new LatchkeyException(
        Reason.INVALID_REQUEST,
        "${"
            + PREFIX
            + text
            + "} is not of the form ${latchkey:NAME#field}: a secret's name, '#' and the name of"
            + " one field; there is no default, and nothing can be nested");
  }

  /** {@code NAME#field}. */
  @Override
  public String toString() {
    return secret + "#" + field;
  }
}
