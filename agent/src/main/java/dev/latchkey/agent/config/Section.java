package dev.latchkey.agent.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.agent.secret.SecretException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A mapping of the configuration whose shape was checked and whose defaults were filled, with where
 * it stands; problems of meaning are noted in it.
 */
record Section(Document document, JsonNode node, String pointer, List<Problem> problems) {

  Section section(String key) {
    return new Section(document, node.path(key), pointer + Document.step(key), problems);
  }

  boolean has(String key) {
    return node.has(key);
  }

  String text(String key) {
    return node.path(key).asText();
  }

  Optional<String> optionalText(String key) {
    return Optional.of(text(key)).filter(text -> !text.isEmpty());
  }

  boolean truth(String key) {
    return node.path(key).asBoolean();
  }

  int number(String key) {
    return node.path(key).asInt();
  }

  /** A uid or gid, of which the kernel has more than there are positive numbers of 32 bits. */
  int identity(String key) {
    return (int) node.path(key).asLong();
  }

  long bigNumber(String key) {
    return node.path(key).asLong();
  }

  double fraction(String key) {
    return node.path(key).asDouble();
  }

  /** A duration that may be zero. */
  Duration duration(String key) {
    Duration duration = anyDuration(key);
    if (duration.isNegative()) {
      problem(key, "must not be negative");
      return Duration.ofDays(1);
    }
    return duration;
  }

  private Duration anyDuration(String key) {
    return Durations.parse(text(key))
        .orElseGet(
            () -> {
              problem(key, "is not a length of time, such as 10s, 5m, 24h, 7d or PT5M");
              return Duration.ofDays(1);
            });
  }

  /** A duration that must not be zero. */
  Duration positive(String key) {
    Duration duration = anyDuration(key);
    if (duration.isZero() || duration.isNegative()) {
      problem(key, "must be longer than nothing");
      return Duration.ofDays(1);
    }
    return duration;
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    node.path(key).forEach(item -> texts.add(item.asText()));
    return texts;
  }

  List<Section> items(String key) {
    List<Section> items = new ArrayList<>();
    for (int i = 0; i < node.path(key).size(); i++) {
      String place = pointer + Document.step(key) + "/" + i;
      items.add(new Section(document, node.path(key).get(i), place, problems));
    }
    return items;
  }

  /** The sections below {@code key}, by their names. */
  Map<String, Section> named(String key) {
    Map<String, Section> sections = new LinkedHashMap<>();
    Section above = section(key);
    node.path(key).fieldNames().forEachRemaining(name -> sections.put(name, above.section(name)));
    return sections;
  }

  /** A refusal whose message begins with the key that is wrong. */
  void problemOf(SecretException wrong) {
    String message = wrong.safeMessage();
    int space = message.indexOf(' ');
    problem(message.substring(0, space), message.substring(space + 1));
  }

  void problem(String key, String message) {
    problems.add(document.problem(place(key), message));
  }

  /** Notes what another start may not find. */
  void passing(String key, String message) {
    problems.add(document.passing(place(key), message));
  }

  private String place(String key) {
    return key.isEmpty() ? pointer : pointer + Document.step(key);
  }
}
