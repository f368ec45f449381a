package dev.latchkey.micronaut;

import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.placeholder.PropertyTexts;
import dev.latchkey.client.placeholder.SecretReference;
import dev.latchkey.client.placeholder.WatchedSecrets;
import dev.latchkey.micronaut.WinningValues.Winning;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.core.order.Ordered;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last property source of an environment: each property whose winning value holds a placeholder
 * of ours, with the placeholder spelled so that Micronaut passes it on whole.
 *
 * <p>Micronaut reads it after all others, at the start and at each refresh of the environment; the
 * properties are looked for then, so what overrides a placeholder before keeps overriding it. Holds
 * texts of the configuration and no value. Safe for any thread.
 */
final class LatchkeyPropertySource implements PropertySource {

  private final Environment environment;
  private final WatchedSecrets secrets;
  private volatile @Nullable Found found;

  LatchkeyPropertySource(Environment environment, WatchedSecrets secrets) {
    this.environment = environment;
    this.secrets = secrets;
  }

  /**
   * What the winning property sources hold.
   *
   * @param texts every property with any placeholder, as it is written
   * @param passedOn those with placeholders of ours, spelled anew
   */
  private record Found(PropertyTexts texts, Map<String, Object> passedOn) {}

  /** The source of an environment; none where {@link LatchkeyConfigurer} was not asked. */
  static @Nullable LatchkeyPropertySource of(Environment environment) {
    for (PropertySource source : environment.getPropertySources()) {
      if (source instanceof LatchkeyPropertySource ours) {
        return ours;
      }
    }
    return null;
  }

  WatchedSecrets secrets() {
    return secrets;
  }

  /** The winning properties with any placeholder. */
  PropertyTexts texts() {
    return found().texts();
  }

  @Override
  public String getName() {
    return "latchkey";
  }

  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public Iterator<String> iterator() {
    return found().passedOn().keySet().iterator();
  }

  @Override
  public @Nullable Object get(String key) {
    return found().passedOn().get(key);
  }

  private Found found() {
    Found last = found;
    List<SeenLocations> readers =
        environment.getPropertySourceLoaders().stream()
            .filter(SeenLocations.class::isInstance)
            .map(SeenLocations.class::cast)
            .toList();
    if (last != null && readers.stream().noneMatch(SeenLocations::isUnread)) {
      return last;
    }
    Map<String, Winning> all = new LinkedHashMap<>();
    readers.forEach(reader -> all.putAll(WinningValues.of(environment, reader.take())));
    if (readers.isEmpty()) {
      all.putAll(WinningValues.of(environment, List.of()));
    }
    Found fresh = read(all);
    found = fresh;
    return fresh;
  }

  private Found read(Map<String, Winning> all) {
    Map<String, String> written = new LinkedHashMap<>();
    all.forEach((name, winning) -> written.put(name, winning.value().toString()));
    PropertyTexts texts = PropertyTexts.of(written, this::isSet);
    Map<String, Object> passedOn = new LinkedHashMap<>();
    all.forEach(
        (name, winning) -> {
          try {
            Object anew = respell(winning.value());
            if (!anew.equals(winning.value())) {
              passedOn.put(winning.key(), anew);
            }
          } catch (LatchkeyException malformed) {
            throw new LatchkeyException(
                malformed.reason(), "In the property " + name + ": " + malformed.getMessage());
          }
        });
    return new Found(texts, passedOn);
  }

  /** As Micronaut looks for what a placeholder names; not while it still reads its properties. */
  private boolean isSet(String name) {
    return environment.containsProperty(name) || System.getenv(name) != null;
  }

  /** The same object where there is nothing to spell anew. */
  private static Object respell(Object value) {
    if (!value.toString().contains(SecretReference.PREFIX)) {
      return value;
    }
    if (value instanceof CharSequence text) {
      return Spelling.anew(text.toString());
    }
    if (value instanceof List<?> list) {
      List<Object> anew = new ArrayList<>();
      list.forEach(item -> anew.add(item == null ? "" : respell(item)));
      return anew;
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> anew = new LinkedHashMap<>();
      map.forEach((key, item) -> anew.put(key, item == null ? "" : respell(item)));
      return anew;
    }
    return value;
  }
}
