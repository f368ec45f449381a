package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.json.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Fields as the server's JSON and back.
 *
 * <p>A JSON text is the UTF-8 of its characters; any other JSON is its JSON text. A field whose
 * bytes are not UTF-8 is written as base64, and {@value #MARKER}, an object beside the fields, maps
 * its name to {@code "base64"}: people and other programs go on to read what is text as text.
 */
final class FieldEncoding {

  /** The name beside the fields that tells which of them are encoded. */
  static final String MARKER = "latchkey:encoding";

  private static final String BASE64 = "base64";

  private FieldEncoding() {}

  /**
   * The content of {@code data}.
   *
   * @param left names that are not fields of the secret
   * @throws SecretException NOT_FOUND when no field is there
   */
  static SecretContent decode(String path, JsonObject data, Set<String> left) {
    JsonObject encodings = ServerText.object(data, MARKER).orElseGet(JsonObject::new);
    Map<String, SecretValue> fields = new TreeMap<>();
    for (JsonObject.Member member : data) {
      String name = member.getName();
      if (!left.contains(name) && !name.equals(MARKER)) {
        fields.put(name, value(path, member, ServerText.text(encodings, name)));
      }
    }
    if (fields.isEmpty()) {
      throw SecretException.of(Reason.NOT_FOUND, path + " has no fields");
    }
    return new SecretContent(fields);
  }

  private static SecretValue value(String path, JsonObject.Member member, String encoding) {
    JsonValue value = member.getValue();
    String text = value.isString() ? value.asString() : value.toString();
    return switch (encoding) {
      case "" -> SecretValue.ofText(text);
      case BASE64 -> decoded(path, member.getName(), text);
      default -> throw undecodable(path, member.getName());
    };
  }

  private static SecretValue decoded(String path, String name, String text) {
    try {
      return SecretValue.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException malformed) {
      throw undecodable(path, name);
    }
  }

  private static SecretException undecodable(String path, String name) {
    return SecretException.of(
        Reason.UNSUPPORTED,
        path + ": the field \"" + name + "\" is not encoded as \"" + MARKER + "\" says");
  }

  /** The JSON of {@code content}; it holds the values in clear. */
  static JsonObject encode(SecretContent content) {
    if (content.field(MARKER).isPresent()) {
      throw SecretException.invalid("fields", "has \"" + MARKER + "\", a name of Latchkey's own");
    }
    JsonObject data = new JsonObject();
    JsonObject encodings = new JsonObject();
    content
        .fields()
        .forEach((name, value) -> value.read(bytes -> add(data, encodings, name, bytes)));
    return encodings.isEmpty() ? data : data.add(MARKER, encodings);
  }

  private static JsonObject add(JsonObject data, JsonObject encodings, String name, byte[] bytes) {
    try {
      CharSequence text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return data.add(name, Json.value(text.toString()));
    } catch (CharacterCodingException binary) {
      encodings.add(name, BASE64);
      return data.add(name, Base64.getEncoder().encodeToString(bytes));
    }
  }
}
