package dev.latchkey.agent.inject;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * One block between {@code -----BEGIN} and {@code -----END}. Its bytes may be a secret.
 *
 * @param label such as {@code CERTIFICATE}
 */
@SuppressWarnings("ArrayRecordComponent") // not copied, so that its owner can wipe it
record PemBlock(String label, byte[] der) {

  private static final byte[] BEGIN = ascii("-----BEGIN ");
  private static final byte[] DASHES = ascii("-----");
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  /**
   * The blocks in {@code text}, whatever stands between them. A backslash and what follows it count
   * as the end of a line, so that a JSON list of blocks is read too.
   */
  static List<PemBlock> in(byte[] text) {
    List<PemBlock> blocks = new ArrayList<>();
    int begin = indexOf(text, BEGIN, 0);
    while (begin >= 0) {
      int label = begin + BEGIN.length;
      int body = indexOf(text, DASHES, label);
      int end = body < 0 ? -1 : indexOf(text, DASHES, body + DASHES.length);
      if (end < 0) {
        throw new IllegalArgumentException("a block does not end");
      }
      String name = new String(text, label, body - label, StandardCharsets.US_ASCII);
      blocks.add(new PemBlock(name, decode(text, body + DASHES.length, end)));
      begin = indexOf(text, BEGIN, end);
    }
    return blocks;
  }

  private static byte[] decode(byte[] text, int from, int to) {
    SecretBuffer body = new SecretBuffer();
    for (int i = from; i < to; i++) {
      if (text[i] == '\\') {
        i++;
      } else if (text[i] > ' ') {
        body.add(text[i]);
      }
    }
    byte[] base64 = body.take();
    try {
      return Base64.getDecoder().decode(base64);
    } finally {
      Arrays.fill(base64, (byte) 0);
    }
  }

  private static int indexOf(byte[] text, byte[] part, int from) {
    for (int at = from; at <= text.length - part.length; at++) {
      if (Arrays.equals(text, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    return -1;
  }

  void write(SecretBuffer out) {
    byte[] lines = LINES.encode(der);
    out.text("-----BEGIN ").text(label).text("-----\n").add(lines);
    out.text("\n-----END ").text(label).text("-----\n");
    Arrays.fill(lines, (byte) 0);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "PemBlock[" + label + ", redacted]";
  }
}
