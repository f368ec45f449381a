package dev.latchkey.cli.output;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of the contract's messages, made from their descriptors, so that it grows with the
 * contract.
 *
 * <p>Keys are the contract's field names. Every field is there, an absent message as null; of a
 * choice only the member that is set. Instants are RFC 3339 texts, lengths of time are seconds
 * followed by {@code s}. Bytes are a text where they are UTF-8, else {@code {"base64": …}}. Texts
 * that the contract marks as not to be shown are left out.
 */
public final class MessageJson {
  private MessageJson() {}

  /** The tree of a message, for {@link Json}. */
  public static Map<String, @Nullable Object> of(Message message) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (shown(message, field)) {
        tree.put(field.getName(), field(message, field));
      }
    }
    return tree;
  }

  /** The JSON form of bytes that belong to the value of a secret. */
  public static Object bytes(ByteString bytes) {
    String text = Characters.utf8(bytes);
    return text != null ? text : Map.of("base64", Characters.base64(bytes));
  }

  private static boolean shown(Message message, FieldDescriptor field) {
    if (field.getType() == FieldDescriptor.Type.STRING && field.getOptions().getDebugRedact()) {
      return false;
    }
    return field.getRealContainingOneof() == null || message.hasField(field);
  }

  private static @Nullable Object field(Message message, FieldDescriptor field) {
    if (field.isMapField()) {
      return map((List<?>) message.getField(field));
    }
    if (field.isRepeated()) {
      List<Object> items = new ArrayList<>();
      ((List<?>) message.getField(field)).forEach(item -> items.add(value(field, item)));
      return items;
    }
    if (field.hasPresence() && !message.hasField(field)) {
      return null;
    }
    return value(field, message.getField(field));
  }

  private static Map<String, Object> map(List<?> entries) {
    Map<String, Object> sorted = new TreeMap<>();
    for (Object entry : entries) {
      MapEntry<?, ?> pair = (MapEntry<?, ?>) entry;
      FieldDescriptor type = pair.getDescriptorForType().findFieldByName("value");
      sorted.put(pair.getKey().toString(), value(type, pair.getValue()));
    }
    return sorted;
  }

  private static Object value(FieldDescriptor field, Object value) {
    return switch (value) {
      case Timestamp at -> Times.instant(at).toString();
      case Duration length -> Times.seconds(length);
      case Message message -> of(message);
      case ByteString bytes -> bytes(bytes);
      case Long number when field.getType() == FieldDescriptor.Type.UINT64 ->
          new BigInteger(Long.toUnsignedString(number));
      case Integer number when field.getType() == FieldDescriptor.Type.UINT32 ->
          Integer.toUnsignedLong(number);
      case Number number -> number;
      case Boolean flag -> flag;
      default -> value.toString();
    };
  }
}
