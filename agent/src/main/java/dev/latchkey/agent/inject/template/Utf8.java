package dev.latchkey.agent.inject.template;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Bytes as text, where they are valid UTF-8: nothing is ever replaced. */
public final class Utf8 {

  private Utf8() {}

  /** What came of decoding. */
  sealed interface Decoded {

    /** They are valid. */
    record Text(String text) implements Decoded {

      @Override
      public String toString() {
        return "Text[redacted]";
      }
    }

    /** They are not, from this place on. */
    record Malformed(Place place) implements Decoded {}
  }

  /** A place in a text, both from 1. */
  record Place(int line, int column) {

    /** The place after all of a text. */
    static Place after(String text) {
      int lineStart = text.lastIndexOf('\n') + 1;
      int line = 1 + (int) text.chars().filter(each -> each == '\n').count();
      return new Place(line, 1 + text.codePointCount(lineStart, text.length()));
    }
  }

  /** The characters, which the caller owns and should clear; empty where the bytes are no text. */
  public static Optional<CharBuffer> characters(byte[] bytes) {
    CharBuffer text = CharBuffer.allocate(bytes.length);
    if (isDecoded(bytes, text)) {
      return Optional.of(text.flip());
    }
    Arrays.fill(text.array(), '\0');
    return Optional.empty();
  }

  static Decoded decode(byte[] bytes) {
    CharBuffer text = CharBuffer.allocate(bytes.length);
    boolean valid = isDecoded(bytes, text);
    String read = text.flip().toString();
    Arrays.fill(text.array(), '\0');
    return valid ? new Decoded.Text(read) : new Decoded.Malformed(Place.after(read));
  }

  /** Decodes as far as the bytes are valid, and answers whether all of them are. */
  private static boolean isDecoded(byte[] bytes, CharBuffer into) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    return !decoder.decode(ByteBuffer.wrap(bytes), into, true).isError();
  }
}
