package dev.latchkey.micronaut;

import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.placeholder.ReferencedSecrets;
import dev.latchkey.client.placeholder.SecretReference;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.core.order.Ordered;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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

  /** What a passed-on placeholder begins with; without a colon, which would begin a default. */
  static final String PASSED_ON = "latchkey/";

  private final Environment environment;
  private final ReferencedSecrets secrets;
  private volatile @Nullable Found found;

  LatchkeyPropertySource(Environment environment, ReferencedSecrets secrets) {
    this.environment = environment;
    this.secrets = secrets;
  }

  /**
   * What the winning property sources hold.
   *
   * @param all every property with any placeholder, as it is written
   * @param passedOn those with placeholders of ours, spelled anew
   * @param references those placeholders, each with the property that it stands in
   */
  private record Found(
      Map<String, Object> all,
      Map<String, Object> passedOn,
      Map<SecretReference, String> references) {}

  /** The source of an environment; none where {@link LatchkeyConfigurer} was not asked. */
  static @Nullable LatchkeyPropertySource of(Environment environment) {
    for (PropertySource source : environment.getPropertySources()) {
      if (source instanceof LatchkeyPropertySource ours) {
        return ours;
      }
    }
    return null;
  }

  ReferencedSecrets secrets() {
    return secrets;
  }

  /** What has to be there, each with one property that asks for it. */
  Map<SecretReference, String> required() {
    return found().references();
  }

  /**
   * The properties whose value depends on a secret: those with a placeholder for it, and those that
   * refer to them.
   */
  Set<String> dependingOn(String secret) {
    Found now = found();
    Set<String> depending = new LinkedHashSet<>();
    Set<String> next = new LinkedHashSet<>();
    String mark = "${" + PASSED_ON + secret + "#";
    now.passedOn()
        .forEach(
            (name, value) -> {
              if (value.toString().contains(mark)) {
                next.add(name);
              }
            });
    while (!next.isEmpty()) {
      depending.addAll(next);
      Set<String> last = Set.copyOf(next);
      next.clear();
      now.all()
          .forEach(
              (name, value) -> {
                if (!depending.contains(name) && refersToAny(value.toString(), last)) {
                  next.add(name);
                }
              });
    }
    return depending;
  }

  private static boolean refersToAny(String text, Set<String> names) {
    return text.contains("${")
        && names.stream()
            .anyMatch(name -> text.contains("${" + name + "}") || text.contains("${" + name + ":"));
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
    Map<String, Object> all = new LinkedHashMap<>();
    readers.forEach(reader -> all.putAll(WinningValues.of(environment, reader.take())));
    if (readers.isEmpty()) {
      all.putAll(WinningValues.of(environment, List.of()));
    }
    Found fresh = passOn(all);
    found = fresh;
    return fresh;
  }

  private static Found passOn(Map<String, Object> all) {
    Map<String, Object> passedOn = new LinkedHashMap<>();
    Map<SecretReference, String> references = new LinkedHashMap<>();
    all.forEach(
        (name, value) -> {
          try {
            Object anew =
                respell(
                    value,
                    reference -> {
                      references.putIfAbsent(reference, name);
                      return "${" + PASSED_ON + reference + "}";
                    });
            if (!anew.equals(value)) {
              passedOn.put(name, anew);
            }
          } catch (LatchkeyException malformed) {
            throw new LatchkeyException(
                malformed.reason(), "In the property " + name + ": " + malformed.getMessage());
          }
        });
    return new Found(all, passedOn, references);
  }

  /** The same object where there is nothing to spell anew. */
  private static Object respell(Object value, Function<SecretReference, String> spelling) {
    if (!value.toString().contains(SecretReference.PREFIX)) {
      return value;
    }
    if (value instanceof CharSequence text) {
      return SecretReference.replace(text.toString(), spelling);
    }
    if (value instanceof List<?> list) {
      List<Object> anew = new ArrayList<>();
      list.forEach(item -> anew.add(item == null ? "" : respell(item, spelling)));
      return anew;
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> anew = new LinkedHashMap<>();
      map.forEach((key, item) -> anew.put(key, item == null ? "" : respell(item, spelling)));
      return anew;
    }
    return value;
  }
}
