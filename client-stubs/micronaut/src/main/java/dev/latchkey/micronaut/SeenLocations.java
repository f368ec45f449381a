package dev.latchkey.micronaut;

import io.micronaut.context.env.ActiveEnvironment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySourceLoader;
import io.micronaut.core.io.ResourceLoader;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers the places where an environment looks for its files; loads nothing itself.
 *
 * <p>Micronaut keeps its property sources by name, and {@code application.yml} of a jar and of a
 * {@code config} directory have the same one, so the environment alone does not tell all that it
 * read. Each environment has a loader of its own. Found by Micronaut as a service.
 */
public final class SeenLocations implements PropertySourceLoader {

  private final List<ResourceLoader> seen = new ArrayList<>();
  private boolean unread;

  @Override
  public synchronized Optional<PropertySource> load(String name, ResourceLoader place) {
    if (!unread) {
      seen.clear();
    }
    unread = true;
    seen.add(place);
    return Optional.empty();
  }

  @Override
  public Optional<PropertySource> loadEnv(
      String name, ResourceLoader place, ActiveEnvironment environment) {
    return Optional.empty();
  }

  @Override
  public Map<String, Object> read(String name, InputStream input) {
    return Map.of();
  }

  @Override
  public boolean isEnabled() {
    return true;
  }

  /** Whether the environment looked anew since the places were last taken. */
  synchronized boolean isUnread() {
    return unread;
  }

  /** The places of the last look, in their order. */
  synchronized List<ResourceLoader> take() {
    unread = false;
    return List.copyOf(seen);
  }
}
