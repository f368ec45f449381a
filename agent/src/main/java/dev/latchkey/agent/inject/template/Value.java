package dev.latchkey.agent.inject.template;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * What a tag yields: bytes, and where they come from for errors to tell.
 *
 * <p>Its text form is redacted; only {@link Engine} writes it out.
 *
 * @param origin such as {@code field "password" of secret "orders-db"}
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content, and shown to nobody
record Value(byte[] bytes, String origin) {

  Value {
    if (bytes.length > Template.MAX_OUTPUT) {
      throw tooLong(origin);
    }
  }

  /** How errors call the value of a field. */
  static String origin(SecretName secret, String field) {
    return "field \"" + field + "\" of secret \"" + secret + "\"";
  }

  private static Misuse tooLong(String origin) {
    return new Misuse(origin + " is longer than " + Template.MAX_OUTPUT + " bytes");
  }

  /** That what is made of it would be too long. */
  Misuse tooLong() {
    return tooLong(origin);
  }

  /** Copies the value of a field, unless it is too long for that. */
  static Value ofField(SecretName secret, String field, SecretValue value) {
    String origin = origin(secret, field);
    if (value.length() > Template.MAX_OUTPUT) {
      throw tooLong(origin);
    }
    return value.read(bytes -> new Value(bytes.clone(), origin));
  }

  static Value ofText(String text, String origin) {
    return new Value(text.getBytes(StandardCharsets.UTF_8), origin);
  }

  /** The bytes as text. */
  String text() {
    return switch (Utf8.decode(bytes)) {
      case Utf8.Decoded.Text valid -> valid.text();
      case Utf8.Decoded.Malformed malformed ->
          throw new Misuse(origin + " is not UTF-8 text; write it by base64, base64url or url");
    };
  }

  /** Refuses bytes that are no text. */
  void mustBeText() {
    String _ = text();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Value that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Value.class.hashCode();
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
