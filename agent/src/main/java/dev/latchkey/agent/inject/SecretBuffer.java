package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes under construction that are wiped where they are left behind: when the buffer grows and
 * when its content is taken. For one thread.
 */
final class SecretBuffer {

  /** How long a file may be, in bytes, whatever its format makes of a value. */
  static final int LONGEST = 4 * 1024 * 1024;

  private static final int FIRST = 512;

  private byte[] bytes = new byte[FIRST];
  private int length;

  SecretBuffer add(int one) {
    ensure(1);
    bytes[length++] = (byte) one;
    return this;
  }

  SecretBuffer add(byte[] many) {
    ensure(many.length);
    System.arraycopy(many, 0, bytes, length, many.length);
    length += many.length;
    return this;
  }

  /** The text in UTF-8; for what is no secret. */
  SecretBuffer text(String text) {
    return add(text.getBytes(StandardCharsets.UTF_8));
  }

  SecretBuffer value(SecretValue value) {
    return value.read(this::add);
  }

  private void ensure(int more) {
    if (more > LONGEST - length) {
      throw Values.refused("a file would be longer than " + LONGEST + " bytes");
    }
    if (bytes.length - length < more) {
      byte[] before = bytes;
      bytes = Arrays.copyOf(before, Math.clamp(before.length * 2L, length + more, LONGEST));
      Arrays.fill(before, (byte) 0);
    }
  }

  /** What was added; the buffer is empty afterwards. */
  byte[] take() {
    byte[] taken = Arrays.copyOf(bytes, length);
    Arrays.fill(bytes, (byte) 0);
    length = 0;
    return taken;
  }
}
