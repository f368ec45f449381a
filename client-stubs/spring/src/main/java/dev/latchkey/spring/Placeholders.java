package dev.latchkey.spring;

import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.placeholder.PropertyTexts;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Finds the properties of an environment whose value holds a placeholder where it wins, as they are
 * written: what is overridden asks for nothing.
 */
final class Placeholders {

  private Placeholders() {}

  /**
   * As the environment is now.
   *
   * @throws LatchkeyException {@code INVALID_REQUEST} when a placeholder is not of the form
   */
  static PropertyTexts of(Environment environment) {
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
    return PropertyTexts.of(texts, environment::containsProperty);
  }

  private static @Nullable Object valueOf(
      ConfigurationPropertySource source, ConfigurationPropertyName name) {
    var property = source.getConfigurationProperty(name);
    return property == null ? null : property.getValue();
  }
}
