package dev.latchkey.agent.backend.vault;

import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.json.JsonValue;
import io.github.jopenlibs.vault.json.ParseException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Reads the server's JSON without ever failing on its shape or telling what it holds. */
final class ServerText {

  /** What may be told of the server's own words: none of these can hold a value. */
  private static final List<String> SAFE =
      List.of(
          "permission denied",
          "invalid secret id",
          "invalid role ID",
          "invalid username or password",
          "service account name not authorized",
          "namespace not authorized",
          "received error code 403 from STS",
          "missing client token",
          "no handler for route",
          "unsupported path",
          "unsupported operation",
          "unknown role",
          "wrapping token is not valid or does not exist",
          "lease not found",
          "lease is not renewable",
          "check-and-set parameter required for this call",
          "exceeds allowed length",
          "exceeds allowed nesting depth",
          "exceeds allowed entry count",
          "exceeds allowed element count",
          "Vault is sealed");

  /** Some releases answer these with 500, as if they had failed themselves. */
  private static final List<String> REFUSED_LOGINS =
      List.of("invalid username or password", "invalid secret id", "invalid role ID");

  /** How every bound begins that newer releases set to the parts of a body, by default. */
  private static final String OVER_A_BOUND = "exceeds allowed";

  private ServerText() {}

  /** The object that {@code text} is; empty when it is no JSON object. */
  static Optional<JsonObject> object(String text) {
    try {
      JsonValue value = Json.parse(text);
      return value.isObject() ? Optional.of(value.asObject()) : Optional.empty();
    } catch (ParseException malformed) {
      return Optional.empty();
    }
  }

  static Optional<JsonObject> object(JsonObject parent, String name) {
    @Nullable JsonValue value = parent.get(name);
    return value != null && value.isObject() ? Optional.of(value.asObject()) : Optional.empty();
  }

  /** The text under {@code name}; empty when there is none. */
  static String text(JsonObject parent, String name) {
    @Nullable JsonValue value = parent.get(name);
    return value != null && value.isString() ? value.asString() : "";
  }

  static boolean flag(JsonObject parent, String name) {
    @Nullable JsonValue value = parent.get(name);
    return value != null && value.isTrue();
  }

  /** The whole number under {@code name}, as near as a long can be; 0 when there is none. */
  static long number(JsonObject parent, String name) {
    @Nullable JsonValue value = parent.get(name);
    return value != null && value.isNumber() ? (long) value.asDouble() : 0;
  }

  /** The texts of the list under {@code name}. */
  static List<String> texts(JsonObject parent, String name) {
    @Nullable JsonValue value = parent.get(name);
    if (value == null || !value.isArray()) {
      return List.of();
    }
    return StreamSupport.stream(value.asArray().spliterator(), false)
        .filter(JsonValue::isString)
        .map(JsonValue::asString)
        .toList();
  }

  /** Whether an error that the server names has {@code phrase} in it. */
  static boolean says(JsonObject body, String phrase) {
    return texts(body, "errors").stream().anyMatch(error -> error.contains(phrase));
  }

  /** Whether the error that the server names is that a login is wrong. */
  static boolean refusesLogin(JsonObject body) {
    return REFUSED_LOGINS.stream().anyMatch(phrase -> says(body, phrase));
  }

  /** Whether the error that the server names is that it takes nothing so large. */
  static boolean refusesSize(JsonObject body) {
    return says(body, OVER_A_BOUND);
  }

  /** What of the server's errors may be shown, in brackets; empty for nothing. */
  static String shown(JsonObject body) {
    String known =
        SAFE.stream().filter(phrase -> says(body, phrase)).collect(Collectors.joining(", "));
    return known.isEmpty() ? "" : " (" + known + ")";
  }
}
