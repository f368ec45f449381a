package dev.latchkey.micronaut;

import dev.latchkey.client.placeholder.ReferencedSecrets;
import dev.latchkey.client.placeholder.Step;
import io.micronaut.context.BeanContext;
import io.micronaut.context.BeanRegistration;
import io.micronaut.context.annotation.ConfigurationReader;
import io.micronaut.context.env.Environment;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.context.event.ApplicationEventPublisher;
import io.micronaut.context.event.StartupEvent;
import io.micronaut.core.order.Ordered;
import io.micronaut.inject.qualifiers.Qualifiers;
import io.micronaut.runtime.context.scope.refresh.RefreshEvent;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Refreshes what depends on a secret when it changes, from when the context has started: what
 * changed before is made up for then.
 *
 * <p>The environment caches what it resolved, so it forgets that first; also when a value may not
 * be served any more, which the cache would not notice. All is told twice, the second time a second
 * later: a read that began before the change could have put the old value back into the cache, and
 * Micronaut disposes of refreshable beans before it sets the settings anew, so that one made in
 * between has the old ones.
 *
 * <p>What fails in it is not told again, which would dispose of healthy beans; the settings that
 * could not be set are tried again by themselves.
 */
@Singleton
final class RefreshOnChange implements ApplicationEventListener<StartupEvent>, Ordered {

  private static final Duration SECOND_TIME = Duration.ofSeconds(1);

  /** How the prefix of settings ends of which there is one for each name or place in a list. */
  private static final Pattern EACH = Pattern.compile("(\\.\\*|\\[\\*])$");

  private final Environment environment;
  private final BeanContext context;
  private final ApplicationEventPublisher<RefreshEvent> refreshes;

  /** The settings that could not be set; used by the thread of the steps alone. */
  private final Set<BeanRegistration<?>> refused = new LinkedHashSet<>();

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
      Step tell =
          Step.of("publish a RefreshEvent", secrets -> tell(source, secrets)).needingAll().once();
      source
          .secrets()
          .follow(
              List.of(
                  Step.of("forget cached properties", secrets -> forget(source)),
                  tell,
                  tell.after(SECOND_TIME),
                  Step.of("set settings anew", secrets -> again(source, secrets)).needingAll()),
              source::texts);
      source.secrets().whenUnreadable(source::texts, () -> forget(source));
    }
  }

  /** Tells the names; the values before are not told, since listeners may log the event. */
  private void tell(LatchkeyPropertySource source, Set<String> secrets) {
    forget(source);
    Map<String, Object> changes = new LinkedHashMap<>();
    source.texts().dependingOn(secrets).forEach(name -> changes.put(name, ""));
    if (changes.isEmpty()) {
      return;
    }
    refused.removeIf(settings -> concerns(settings, changes.keySet()));
    try {
      refreshes.publishEvent(new RefreshEvent(changes));
    } catch (RuntimeException first) {
      // Micronaut goes no further than the first listener and the first settings that fail.
      context
          .getActiveBeanRegistrations(Qualifiers.byStereotype(ConfigurationReader.class))
          .stream()
          .filter(settings -> concerns(settings, changes.keySet()))
          .forEach(refused::add);
      setAnew().ifPresent(first::addSuppressed);
      throw first;
    }
  }

  /**
   * Sets what could not be set before; the event is published once more when all is set, since
   * beans may have been made with the settings of before.
   */
  private void again(LatchkeyPropertySource source, Set<String> secrets) {
    if (refused.isEmpty()) {
      return;
    }
    forget(source);
    Optional<RuntimeException> failure = setAnew();
    if (failure.isPresent()) {
      throw failure.get();
    }
    tell(source, secrets);
  }

  private Optional<RuntimeException> setAnew() {
    Optional<RuntimeException> failure = Optional.empty();
    for (BeanRegistration<?> settings : Set.copyOf(refused)) {
      try {
        context.refreshBean(settings);
        refused.remove(settings);
      } catch (RuntimeException oneOfThem) {
        failure = Optional.of(oneOfThem);
      }
    }
    return failure;
  }

  /** As Micronaut's refresh scope decides it. */
  private static boolean concerns(BeanRegistration<?> settings, Set<String> names) {
    String written =
        settings.getBeanDefinition().stringValue(ConfigurationReader.class, "prefix").orElse("");
    String prefix = EACH.matcher(written).replaceFirst("");
    return names.stream().anyMatch(name -> name.startsWith(prefix));
  }

  private void forget(LatchkeyPropertySource source) {
    environment.addPropertySource(source);
  }
}
