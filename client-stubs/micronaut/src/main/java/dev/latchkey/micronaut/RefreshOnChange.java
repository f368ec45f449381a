package dev.latchkey.micronaut;

import dev.latchkey.client.placeholder.ReferencedSecrets;
import io.micronaut.context.env.Environment;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.context.event.ApplicationEventPublisher;
import io.micronaut.context.event.StartupEvent;
import io.micronaut.runtime.context.scope.refresh.RefreshEvent;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Refreshes what depends on a secret when it changes, from when the context has started: what
 * changed before is made up for then.
 *
 * <p>The environment caches what it resolved. It forgets that before the beans are told, and is
 * looked at once more a second later: a read that began before the change could have put the old
 * value back.
 */
@Singleton
final class RefreshOnChange implements ApplicationEventListener<StartupEvent> {

  private final Environment environment;
  private final ReferencedSecrets secrets;
  private final ApplicationEventPublisher<RefreshEvent> refreshes;
  private final Executor later = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

  RefreshOnChange(
      Environment environment,
      ReferencedSecrets secrets,
      ApplicationEventPublisher<RefreshEvent> refreshes) {
    this.environment = environment;
    this.secrets = secrets;
    this.refreshes = refreshes;
  }

  @Override
  public void onApplicationEvent(StartupEvent started) {
    secrets.onChange(this::changed);
  }

  private void changed(String secret) {
    LatchkeyPropertySource source = LatchkeyPropertySource.of(environment);
    if (source != null) {
      Set<String> names = source.dependingOn(secret);
      environment.addPropertySource(source);
      tell(names);
      later.execute(() -> lookAgain(source, names));
    }
  }

  private void lookAgain(LatchkeyPropertySource source, Set<String> names) {
    if (!environment.isRunning()) {
      return;
    }
    Map<String, Optional<Object>> cached = values(names);
    environment.addPropertySource(source);
    if (!values(names).equals(cached)) {
      tell(names);
    }
  }

  private Map<String, Optional<Object>> values(Set<String> names) {
    Map<String, Optional<Object>> values = new LinkedHashMap<>();
    names.forEach(name -> values.put(name, environment.getProperty(name, Object.class)));
    return values;
  }

  /** Tells the names; the values before are not told, since listeners may log the event. */
  private void tell(Set<String> names) {
    if (!names.isEmpty()) {
      Map<String, Object> changes = new LinkedHashMap<>();
      names.forEach(name -> changes.put(name, ""));
      refreshes.publishEvent(new RefreshEvent(changes));
    }
  }
}
