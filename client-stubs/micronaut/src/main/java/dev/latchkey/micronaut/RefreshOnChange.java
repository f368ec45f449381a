package dev.latchkey.micronaut;

import dev.latchkey.client.placeholder.ReferencedSecrets;
import dev.latchkey.client.placeholder.Step;
import io.micronaut.context.BeanContext;
import io.micronaut.context.annotation.ConfigurationReader;
import io.micronaut.context.env.Environment;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.context.event.ApplicationEventPublisher;
import io.micronaut.context.event.StartupEvent;
import io.micronaut.core.order.Ordered;
import io.micronaut.inject.BeanIdentifier;
import io.micronaut.inject.qualifiers.Qualifiers;
import io.micronaut.runtime.context.scope.refresh.RefreshEvent;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Refreshes what depends on a secret when it changes, from when the context has started: what
 * changed before is made up for then.
 *
 * <p>The environment caches what it resolved, so it forgets that first; also when a value may not
 * be served any more, which the cache would not notice. All is told twice, the second time a second
 * later: a read that began before the change could have put the old value back into the cache, and
 * Micronaut disposes of refreshable beans before it sets the settings anew, so that one made in
 * between has the old ones.
 */
@Singleton
final class RefreshOnChange implements ApplicationEventListener<StartupEvent>, Ordered {

  private static final Duration SECOND_TIME = Duration.ofSeconds(1);

  private final Environment environment;
  private final BeanContext context;
  private final ApplicationEventPublisher<RefreshEvent> refreshes;

  RefreshOnChange(
      Environment environment,
      BeanContext context,
      ReferencedSecrets closedWithTheContext,
      ApplicationEventPublisher<RefreshEvent> refreshes) {
    this.environment = environment;
    this.context = context;
    this.refreshes = refreshes;
  }

  /** After all others: from here on the secrets hold the environment, and no start fails. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public void onApplicationEvent(StartupEvent started) {
    LatchkeyPropertySource source = LatchkeyPropertySource.of(environment);
    if (source != null) {
      Step refresh = Step.of("refresh beans", secrets -> refresh(source, secrets)).needingAll();
      source
          .secrets()
          .follow(
              List.of(
                  Step.of("forget cached properties", secrets -> forget(source)),
                  refresh,
                  refresh.after(SECOND_TIME)),
              source::texts);
      source.secrets().whenUnreadable(source::texts, () -> forget(source));
    }
  }

  private void refresh(LatchkeyPropertySource source, Set<String> secrets) {
    forget(source);
    Set<String> names = source.texts().dependingOn(secrets);
    if (!names.isEmpty()) {
      tell(names);
    }
  }

  private void forget(LatchkeyPropertySource source) {
    environment.addPropertySource(source);
  }

  /** Tells the names; the values before are not told, since listeners may log the event. */
  private void tell(Set<String> names) {
    Map<String, Object> changes = new LinkedHashMap<>();
    names.forEach(name -> changes.put(name, ""));
    try {
      refreshes.publishEvent(new RefreshEvent(changes));
    } catch (RuntimeException first) {
      // Micronaut goes no further than the first settings that fail.
      setEachAnew(names);
      throw first;
    }
  }

  private void setEachAnew(Set<String> names) {
    for (var settings :
        context.getActiveBeanRegistrations(Qualifiers.byStereotype(ConfigurationReader.class))) {
      String prefix =
          settings.getBeanDefinition().stringValue(ConfigurationReader.class, "prefix").orElse("");
      if (names.stream().anyMatch(name -> name.startsWith(prefix))) {
        setAnew(settings.getIdentifier());
      }
    }
  }

  private void setAnew(BeanIdentifier settings) {
    try {
      context.refreshBean(settings);
    } catch (RuntimeException oneOfThem) {
      // The failure of the first is told, and all are tried again.
    }
  }
}
