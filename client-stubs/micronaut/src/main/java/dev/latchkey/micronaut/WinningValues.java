package dev.latchkey.micronaut;

import io.micronaut.context.env.AbstractPropertySourceLoader;
import io.micronaut.context.env.ActiveEnvironment;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import io.micronaut.context.env.PropertySourceLoader;
import io.micronaut.core.io.ResourceLoader;
import io.micronaut.core.naming.NameUtils;
import io.micronaut.core.order.OrderUtil;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the properties whose value holds a placeholder where it wins, as it is written there: later
 * property sources override earlier ones, by Micronaut's own order, and an environment variable
 * stands for every name that Micronaut reads into it.
 */
final class WinningValues {

  private static final int MOST_SEPARATORS = 10;

  private WinningValues() {}

  /**
   * A value that wins.
   *
   * @param key its name as its property source spells it, by which Micronaut finds it too
   * @param value what is written there
   */
  record Winning(String key, Object value) {}

  /**
   * The winning values with placeholders of an environment that looked for files at {@code places},
   * by Micronaut's own spelling of their names.
   */
  static Map<String, Winning> of(Environment environment, List<ResourceLoader> places) {
    List<PropertySource> sources = new ArrayList<>();
    places.forEach(place -> sources.addAll(read(environment, place)));
    environment.getPropertySources().stream()
        .filter(source -> !(source instanceof LatchkeyPropertySource))
        .forEach(sources::add);
    OrderUtil.sortOrdered(sources);
    Map<String, Winning> winning = new LinkedHashMap<>();
    for (PropertySource source : sources) {
      for (String key : source) {
        override(winning, source, key);
      }
    }
    return winning;
  }

  private static void override(Map<String, Winning> winning, PropertySource source, String key) {
    boolean variable = source.getConvention() == PropertyConvention.ENVIRONMENT_VARIABLE;
    if (variable) {
      winning.keySet().removeIf(name -> variableOf(name).equals(key));
    } else {
      winning.remove(NameUtils.hyphenate(key, true));
    }
    Object value = source.get(key);
    if (value != null && value.toString().contains("${")) {
      if (variable) {
        namesOfVariable(key).forEach(name -> winning.put(name, new Winning(name, value)));
      } else {
        winning.put(NameUtils.hyphenate(key, true), new Winning(key, value));
      }
    }
  }

  private static List<PropertySource> read(Environment environment, ResourceLoader place) {
    List<PropertySource> sources = new ArrayList<>();
    for (PropertySourceLoader loader : environment.getPropertySourceLoaders()) {
      if (loader instanceof AbstractPropertySourceLoader) {
        loader.load(Environment.DEFAULT_NAME, place).ifPresent(sources::add);
        int priority = 0;
        for (String active : environment.getActiveNames()) {
          Optional<PropertySource> more =
              loader.loadEnv(
                  Environment.DEFAULT_NAME, place, ActiveEnvironment.of(active, priority++));
          more.ifPresent(sources::add);
        }
      }
    }
    return sources;
  }

  private static String variableOf(String name) {
    return name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ENGLISH);
  }

  /** Each underscore is a dot or a dash. */
  static List<String> namesOfVariable(String variable) {
    List<String> names = new ArrayList<>();
    names.add("");
    int separators = 0;
    for (String part : variable.toLowerCase(Locale.ENGLISH).split("_", -1)) {
      List<String> longer = new ArrayList<>();
      for (String name : names) {
        if (separators == 0) {
          longer.add(part);
        } else {
          longer.add(name + "." + part);
          if (separators <= MOST_SEPARATORS) {
            longer.add(name + "-" + part);
          }
        }
      }
      names = longer;
      separators++;
    }
    return names;
  }
}
