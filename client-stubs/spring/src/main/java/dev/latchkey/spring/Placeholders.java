package dev.latchkey.spring;

import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.placeholder.SecretReference;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * The properties of an environment whose value holds a placeholder where it wins, as they are
 * written: what is overridden asks for nothing.
 */
record Placeholders(Map<String, String> texts) {

  /** As the environment is now. */
  static Placeholders of(Environment environment) {
    Map<String, String> texts = new LinkedHashMap<>();
    Set<ConfigurationPropertyName> seen = new HashSet<>();
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      if (source instanceof IterableConfigurationPropertySource iterable) {
        for (ConfigurationPropertyName name : iterable) {
          Object value = seen.add(name) ? valueOf(source, name) : null;
          if (value instanceof CharSequence text && text.toString().contains("${")) {
            texts.put(name.toString(), text.toString());
          }
        }
      }
    }
    return new Placeholders(Collections.unmodifiableMap(texts));
  }

  private static @Nullable Object valueOf(
      ConfigurationPropertySource source, ConfigurationPropertyName name) {
    var property = source.getConfigurationProperty(name);
    return property == null ? null : property.getValue();
  }

  /**
   * What they refer to, each with a property that does.
   *
   * @throws LatchkeyException {@code INVALID_REQUEST} when a placeholder is not of the form
   */
  Map<SecretReference, String> references() {
    Map<SecretReference, String> references = new LinkedHashMap<>();
    texts.forEach(
        (name, text) -> {
          try {
            SecretReference.in(text).forEach(reference -> references.putIfAbsent(reference, name));
          } catch (LatchkeyException malformed) {
            throw new LatchkeyException(
                malformed.reason(), "In the property " + name + ": " + malformed.getMessage());
          }
        });
    return references;
  }

  /** The properties that hold a placeholder for a secret, and those that refer to them. */
  Set<String> dependingOn(String secret) {
    Set<String> depending = new LinkedHashSet<>();
    Set<String> next = new LinkedHashSet<>();
    texts.forEach(
        (name, text) -> {
          if (SecretReference.in(text).stream().anyMatch(found -> found.secret().equals(secret))) {
            next.add(name);
          }
        });
    while (!next.isEmpty()) {
      depending.addAll(next);
      Set<String> last = Set.copyOf(next);
      next.clear();
      texts.forEach(
          (name, text) -> {
            if (!depending.contains(name) && refersToAny(text, last)) {
              next.add(name);
            }
          });
    }
    return depending;
  }

  private static boolean refersToAny(String text, Set<String> names) {
    return names.stream()
        .anyMatch(name -> text.contains("${" + name + "}") || text.contains("${" + name + ":"));
  }
}
