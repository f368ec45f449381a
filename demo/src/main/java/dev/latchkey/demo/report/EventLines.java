package dev.latchkey.demo.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes application events as lines of JSON and reads them back. */
public final class EventLines {

  private static final String KIND = "event";

  private static final Map<String, Class<? extends ApplicationEvent>> KINDS =
      Stream.of(
              ApplicationEvent.Ready.class,
              ApplicationEvent.Login.class,
              ApplicationEvent.Failure.class,
              ApplicationEvent.Progress.class,
              ApplicationEvent.Finished.class)
          .collect(Collectors.toUnmodifiableMap(EventLines::kind, Function.identity()));

  private static final Gson GSON =
      new GsonBuilder()
          .registerTypeAdapter(
              Instant.class,
              (JsonSerializer<Instant>)
                  (instant, type, context) -> new JsonPrimitive(instant.toString()))
          .registerTypeAdapter(
              Instant.class, (com.google.gson.JsonDeserializer<Instant>) EventLines::instant)
          .create();

  private EventLines() {}

  /** The event on one line, without its end. */
  public static String write(ApplicationEvent event) {
    JsonObject object = new JsonObject();
    object.addProperty(KIND, kind(event.getClass()));
    GSON.toJsonTree(event)
        .getAsJsonObject()
        .entrySet()
        .forEach(field -> object.add(field.getKey(), field.getValue()));
    return GSON.toJson(object);
  }

  /** The event of a line; empty when the line is something else. */
  public static Optional<ApplicationEvent> read(String line) {
    try {
      JsonElement element = JsonParser.parseString(line);
      if (!element.isJsonObject() || !element.getAsJsonObject().has(KIND)) {
        return Optional.empty();
      }
      JsonObject object = element.getAsJsonObject();
      return Optional.ofNullable(KINDS.get(object.remove(KIND).getAsString()))
          .map(kind -> GSON.fromJson(object, kind));
    } catch (JsonParseException notOurs) {
      return Optional.empty();
    }
  }

  private static Instant instant(
      JsonElement element, Type type, com.google.gson.JsonDeserializationContext context) {
    return Instant.parse(element.getAsString());
  }

  private static String kind(Class<?> event) {
    return event.getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }
}
