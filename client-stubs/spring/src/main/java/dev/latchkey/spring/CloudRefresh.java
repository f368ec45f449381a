package dev.latchkey.spring;

import java.util.Set;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.cloud.context.properties.ConfigurationPropertiesRebinder;
import org.springframework.cloud.context.scope.refresh.RefreshScope;
import org.springframework.context.ApplicationContext;

/**
 * What Spring Cloud does on a change, where an application has it: sets {@code
 * ConfigurationProperties} anew and makes the beans of the refresh scope again. Loaded only when
 * its classes are there.
 */
final class CloudRefresh {

  private CloudRefresh() {}

  /**
   * Sets everything anew; where one bean cannot be, the others all the same.
   *
   * @throws RuntimeException the failure of one bean that could not
   */
  static void rebind(ApplicationContext context, Set<String> properties) {
    try {
      context.publishEvent(new EnvironmentChangeEvent(context, properties));
    } catch (RuntimeException first) {
      // The rebinder goes no further than the first bean that fails.
      context.getBeanProvider(ConfigurationPropertiesRebinder.class).forEach(CloudRefresh::each);
      throw first;
    }
  }

  private static void each(ConfigurationPropertiesRebinder rebinder) {
    for (String bean : rebinder.getBeanNames()) {
      try {
        rebinder.rebind(bean);
      } catch (RuntimeException oneOfThem) {
        // The failure of the first is told, and all are tried again.
      }
    }
  }

  static void remake(ApplicationContext context) {
    context.getBeanProvider(RefreshScope.class).ifAvailable(RefreshScope::refreshAll);
  }
}
