package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;

/** Reads values as text, strictly: bytes that are no UTF-8 are refused, never replaced. */
final class Utf8 {

  private Utf8() {}

  /** Hands the characters of {@code value} to {@code reader} and wipes them afterwards. */
  static <T> T read(
      SecretName secret, String field, SecretValue value, Function<CharBuffer, T> reader) {
    CharBuffer text = value.read(bytes -> decode(secret, field, bytes));
    try {
      return reader.apply(text);
    } finally {
      Arrays.fill(text.array(), '\0');
    }
  }

  private static CharBuffer decode(SecretName secret, String field, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException notText) {
      throw Values.refused(
          secret + ": " + field + " is no text in UTF-8, so only the format raw can hold it");
    }
  }
}
