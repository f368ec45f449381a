package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.crypto.Keyrings.KeyVersion;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A ciphertext of a transit engine, in its own words: {@code vault:v3:…}.
 *
 * <p>A caller gets it behind five bytes of the form that Tink gives its own, 0x01 and the key id,
 * so that it says which key of which keyring made it. It may also bring one without them, which
 * another client of the server made.
 */
record TransitCiphertext(String text, int version) {

  private static final Pattern TEXT =
      Pattern.compile("vault:v([1-9][0-9]{0,8}):([A-Za-z0-9+/]+={0,2})");
  private static final byte TINK = 1;
  private static final int PREFIX_LENGTH = 5;

  /** What {@code text} says; empty where it is no ciphertext, or not written in the one way. */
  static Optional<TransitCiphertext> ofServer(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches() && isCanonical(matcher.group(2))
        ? Optional.of(new TransitCiphertext(text, Integer.parseInt(matcher.group(1))))
        : Optional.empty();
  }

  /** What a caller brings for {@code key}; empty where it cannot have come from there. */
  static Optional<TransitCiphertext> ofCaller(byte[] bytes, TransitKey key) {
    boolean bare = bytes.length > 0 && bytes[0] != TINK;
    if (bare) {
      return ofServer(new String(bytes, StandardCharsets.ISO_8859_1));
    }
    if (bytes.length < PREFIX_LENGTH) {
      return Optional.empty();
    }
    int id = ByteBuffer.wrap(bytes, 1, PREFIX_LENGTH - 1).getInt();
    byte[] rest = Arrays.copyOfRange(bytes, PREFIX_LENGTH, bytes.length);
    return ofServer(new String(rest, StandardCharsets.ISO_8859_1))
        .filter(text -> text.version(key).keyId() == id);
  }

  /** The server would take a text whose last letter was changed in the bits that stand for none. */
  private static boolean isCanonical(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      return Base64.getEncoder().encodeToString(bytes).equals(base64);
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  KeyVersion version(TransitKey key) {
    return key.version(version);
  }

  /** What the caller gets. */
  byte[] bytes(TransitKey key) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(PREFIX_LENGTH + ascii.length)
        .put(TINK)
        .putInt(version(key).keyId())
        .put(ascii)
        .array();
  }
}
