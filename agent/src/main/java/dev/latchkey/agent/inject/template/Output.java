package dev.latchkey.agent.inject.template;

import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Collects text as UTF-8, up to {@link Template#MAX_OUTPUT} bytes. */
final class Output extends Writer {

  private static final int FIRST_SIZE = 1024;

  private byte[] bytes = new byte[FIRST_SIZE];
  private int length;

  @Override
  public void write(char[] text, int from, int count) {
    append(new String(text, from, count).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void write(String text, int from, int count) {
    append(text.substring(from, from + count).getBytes(StandardCharsets.UTF_8));
  }

  private void append(byte[] more) {
    if (more.length > Template.MAX_OUTPUT - length) {
      throw new Misuse("the file would be longer than " + Template.MAX_OUTPUT + " bytes");
    }
    if (length + more.length > bytes.length) {
      byte[] before = bytes;
      bytes = Arrays.copyOf(before, Math.max(2 * before.length, length + more.length));
      Arrays.fill(before, (byte) 0);
    }
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
  }

  /** Takes what was collected out of it. */
  byte[] toBytes() {
    byte[] all = Arrays.copyOf(bytes, length);
    discard();
    return all;
  }

  /** Forgets what was collected. */
  void discard() {
    Arrays.fill(bytes, (byte) 0);
    length = 0;
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
