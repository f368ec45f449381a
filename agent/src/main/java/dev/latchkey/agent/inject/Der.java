package dev.latchkey.agent.inject;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

/** The few pieces of DER (X.690) that a key store and a private key are made of. */
final class Der {

  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTETS = 0x04;
  static final int OBJECT = 0x06;
  static final int BMP_STRING = 0x1e;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;
  static final int EXPLICIT_0 = 0xa0;

  private static final int SEVEN_BITS = 0x7f;
  private static final int MORE = 0x80;

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return tagged(SEQUENCE, parts);
  }

  static byte[] integer(long value) {
    return tagged(INTEGER, BigInteger.valueOf(value).toByteArray());
  }

  /** An object identifier such as {@code 1.2.840.113549.1.7.1}. */
  static byte[] object(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    arc(out, Long.parseLong(arcs[0]) * 40 + Long.parseLong(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      arc(out, Long.parseLong(arcs[i]));
    }
    return tagged(OBJECT, out.toByteArray());
  }

  private static void arc(ByteArrayOutputStream out, long arc) {
    for (int shift = 56; shift > 0; shift -= 7) {
      if (arc >> shift != 0) {
        out.write((int) ((arc >> shift) & SEVEN_BITS) | MORE);
      }
    }
    out.write((int) (arc & SEVEN_BITS));
  }

  static byte[] tagged(int tag, byte[]... parts) {
    SecretBuffer inside = new SecretBuffer();
    for (byte[] part : parts) {
      inside.add(part);
    }
    byte[] content = inside.take();
    SecretBuffer out = new SecretBuffer().add(tag);
    length(out, content.length);
    out.add(content);
    java.util.Arrays.fill(content, (byte) 0);
    return out.take();
  }

  private static void length(SecretBuffer out, int length) {
    if (length <= SEVEN_BITS) {
      out.add(length);
      return;
    }
    int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
    out.add(MORE | bytes);
    for (int i = bytes - 1; i >= 0; i--) {
      out.add(length >> (8 * i));
    }
  }

  /**
   * The content of the first element with {@code tag} directly inside the sequence {@code der};
   * empty bytes when there is none or it is malformed.
   */
  static byte[] inside(byte[] der, int tag) {
    int[] outer = element(der, 0);
    int at = outer[0];
    int end = Math.min(outer[0] + outer[1], der.length);
    while (at < end) {
      int[] inner = element(der, at);
      if (inner[0] + inner[1] > end) {
        return new byte[0];
      }
      if ((der[at] & 0xff) == tag) {
        return java.util.Arrays.copyOfRange(der, inner[0], inner[0] + inner[1]);
      }
      at = inner[0] + inner[1];
    }
    return new byte[0];
  }

  /** Where the content of the element at {@code at} begins, and its length. */
  private static int[] element(byte[] der, int at) {
    if (at + 1 >= der.length) {
      return new int[] {der.length, 0};
    }
    int first = der[at + 1] & 0xff;
    if (first <= SEVEN_BITS) {
      return new int[] {at + 2, first};
    }
    int bytes = first & SEVEN_BITS;
    int length = 0;
    for (int i = 0; i < bytes && i < 3 && at + 2 + i < der.length; i++) {
      length = (length << 8) | (der[at + 2 + i] & 0xff);
    }
    return bytes > 3 ? new int[] {der.length, 0} : new int[] {at + 2 + bytes, length};
  }
}
