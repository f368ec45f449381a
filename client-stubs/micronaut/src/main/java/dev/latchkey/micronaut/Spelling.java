package dev.latchkey.micronaut;

import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.LatchkeyException.Reason;
import dev.latchkey.client.placeholder.SecretReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Spells the placeholders of Latchkey so that Micronaut passes them on whole.
 *
 * <p>Micronaut ends every placeholder at the first closing brace, so one inside another would leave
 * a brace in the value, and maybe its own text. One that is the whole default of another is spelled
 * as Micronaut chains names, {@code NAME:NAME:default}; any other is refused.
 */
final class Spelling {

  /** What a passed-on placeholder begins with; without a colon, which would begin a default. */
  static final String PASSED_ON = "latchkey/";

  private static final Pattern WHOLE_DEFAULT =
      Pattern.compile(
          "\\$\\{([^${}:]+):\\s*\\$\\{\\s*" + SecretReference.PREFIX + "([^{}]*)}\\s*}");
  private static final Pattern INSIDE_ANOTHER =
      Pattern.compile("\\$\\{[^}]*\\$\\{\\s*" + SecretReference.PREFIX);

  private Spelling() {}

  /**
   * The text with its placeholders of Latchkey spelled anew.
   *
   * @throws LatchkeyException {@code INVALID_REQUEST} when one is not of the form, or stands inside
   *     another placeholder and is not its default
   */
  static String anew(String text) {
    String chained =
        WHOLE_DEFAULT
            .matcher(text)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(
                        "${"
                            + found.group(1).strip()
                            + ":"
                            + PASSED_ON
                            + SecretReference.parse(found.group(2))
                            + ":}"));
    if (INSIDE_ANOTHER.matcher(chained).find()) {
      throw new LatchkeyException(
          Reason.INVALID_REQUEST,
          "${latchkey:NAME#field} can stand inside another placeholder only as its whole default,"
              + " as in ${NAME:${latchkey:NAME#field}}");
    }
    return SecretReference.replace(chained, reference -> "${" + PASSED_ON + reference + "}");
  }
}
