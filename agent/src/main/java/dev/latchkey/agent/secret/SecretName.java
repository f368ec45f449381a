package dev.latchkey.agent.secret;

import java.util.regex.Pattern;

/**
 * The name of a secret, as a declaration or a path below an open prefix gives it.
 *
 * <p>Lower-case letters, digits, {@code . _ -} and {@code /} between non-empty segments; at most
 * {@value #MAX_LENGTH} characters. Names are compared as text.
 */
public record SecretName(String text) implements Comparable<SecretName> {

  /** The greatest length of a name in characters. */
  public static final int MAX_LENGTH = 255;

  private static final Pattern FORM =
      Pattern.compile("[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*");

  public SecretName {
    if (text.length() > MAX_LENGTH) {
      throw SecretException.invalid(
          "name",
          "is " + text.length() + " characters long; at most " + MAX_LENGTH + " are allowed");
    }
    if (!FORM.matcher(text).matches()) {
      throw SecretException.invalid(
          "name",
          "must be lower-case letters, digits, '.', '_' or '-' in segments divided by '/', such as"
              + " \"orders-db\"");
    }
  }

  @Override
  public int compareTo(SecretName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
