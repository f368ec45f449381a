package dev.latchkey.agent.inject.template;

/**
 * The quoted text of a value under construction. It ends at {@link Template#MAX_OUTPUT} while it
 * grows, so that no value takes more memory than it may, however much its quoting makes of it.
 */
final class QuotedText {

  private final Value source;
  private final StringBuilder text;

  QuotedText(Value source) {
    this.source = source;
    this.text = new StringBuilder(source.bytes().length + 16);
  }

  QuotedText add(char character) {
    hasRoom(1);
    text.append(character);
    return this;
  }

  QuotedText add(String characters) {
    hasRoom(characters.length());
    text.append(characters);
    return this;
  }

  /** A character takes a byte at least, so what has too many of them has too many bytes. */
  private void hasRoom(int more) {
    if (more > Template.MAX_OUTPUT - text.length()) {
      throw source.tooLong();
    }
  }

  /** The text as the value that it is now. */
  Value toValue() {
    return Value.ofText(text.toString(), source.origin());
  }
}
