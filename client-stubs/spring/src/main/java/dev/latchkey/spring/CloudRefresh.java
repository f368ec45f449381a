package dev.latchkey.spring;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.cloud.context.properties.ConfigurationPropertiesRebinder;
import org.springframework.cloud.context.scope.refresh.RefreshScope;
import org.springframework.context.ApplicationContext;

/**
 * What Spring Cloud does on a change, where an application has it: sets {@code
 * ConfigurationProperties} anew and makes the beans of the refresh scope again. Loaded only when
 * its classes are there. For one thread.
 *
 * <p>To set a bean anew is to destroy and to initialize it under those who use it, so only one that
 * could not be set is tried again.
 */
final class CloudRefresh {

  private final ApplicationContext context;
  private final Map<ConfigurationPropertiesRebinder, Set<String>> yetToSet = new LinkedHashMap<>();

  CloudRefresh(ApplicationContext context) {
    this.context = context;
  }

  /**
   * Tells all listeners, the rebinder among them, which sets every bean anew.
   *
   * @throws RuntimeException that of the first listener or bean; none is told or set behind it
   */
  void tell(Set<String> properties) {
    yetToSet.clear();
    try {
      context.publishEvent(new EnvironmentChangeEvent(context, properties));
    } catch (RuntimeException failure) {
      context
          .getBeanProvider(ConfigurationPropertiesRebinder.class)
          .forEach(
              rebinder -> yetToSet.put(rebinder, new LinkedHashSet<>(rebinder.getBeanNames())));
      throw failure;
    }
  }

  /**
   * Sets what the event did not reach, and then what could not be set the time before.
   *
   * @throws RuntimeException the failure of one bean that could not; all others are set
   */
  void setTheRest() {
    RuntimeException failure = null;
    for (var each : yetToSet.entrySet()) {
      for (String bean : Set.copyOf(each.getValue())) {
        try {
          each.getKey().rebind(bean);
          each.getValue().remove(bean);
        } catch (RuntimeException oneOfThem) {
          failure = oneOfThem;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  void remake() {
    context.getBeanProvider(RefreshScope.class).ifAvailable(RefreshScope::refreshAll);
  }
}
