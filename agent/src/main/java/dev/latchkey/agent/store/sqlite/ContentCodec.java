package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes of a content: the number of fields, then name and value of each with their lengths in
 * front, in the order of names. They are in clear; whoever asks for them overwrites them.
 */
final class ContentCodec {

  private ContentCodec() {}

  static byte[] encode(SecretContent content) {
    int size = Integer.BYTES;
    for (Map.Entry<String, SecretValue> field : content.fields().entrySet()) {
      size += 2 * Integer.BYTES + utf8(field.getKey()).length + field.getValue().length();
    }
    ByteBuffer buffer = ByteBuffer.allocate(size);
    buffer.putInt(content.fields().size());
    content
        .fields()
        .forEach(
            (name, value) -> {
              put(buffer, utf8(name));
              value.read(bytes -> put(buffer, bytes));
            });
    return buffer.array();
  }

  static SecretContent decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    Map<String, SecretValue> fields = new TreeMap<>();
    for (int left = buffer.getInt(); left > 0; left--) {
      String name = new String(take(buffer), StandardCharsets.UTF_8);
      byte[] value = take(buffer);
      fields.put(name, SecretValue.of(value));
      Arrays.fill(value, (byte) 0);
    }
    return new SecretContent(fields);
  }

  private static ByteBuffer put(ByteBuffer buffer, byte[] bytes) {
    return buffer.putInt(bytes.length).put(bytes);
  }

  private static byte[] take(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.getInt()];
    buffer.get(bytes);
    return bytes;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
