package dev.latchkey.cli.output;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Says which bytes are text, and makes text safe to show on a terminal. */
public final class Characters {
  private static final String HEX = "0123456789abcdef";

  private Characters() {}

  /** The text that the bytes are in UTF-8, or null when they are none. */
  public static @Nullable String utf8(ByteString bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.asReadOnlyByteBuffer()).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** The bytes in base64. */
  public static String base64(ByteString bytes) {
    ByteBuffer encoded = Base64.getEncoder().encode(bytes.asReadOnlyByteBuffer());
    return StandardCharsets.US_ASCII.decode(encoded).toString();
  }

  /** The text with every control character escaped, so that it cannot steer a terminal. */
  public static String printable(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      safe.append(Character.isISOControl(c) ? escaped(c) : String.valueOf(c));
    }
    return safe.toString();
  }

  static String escaped(char c) {
    return "\\u"
        + HEX.charAt(c >> 12 & 15)
        + HEX.charAt(c >> 8 & 15)
        + HEX.charAt(c >> 4 & 15)
        + HEX.charAt(c & 15);
  }
}
