package dev.latchkey.spring;

import java.util.Set;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.cloud.context.scope.refresh.RefreshScope;
import org.springframework.context.ApplicationContext;

/**
 * What Spring Cloud does on a change, where an application has it: sets {@code
 * ConfigurationProperties} anew and makes the beans of the refresh scope again. Loaded only when
 * its classes are there.
 */
final class CloudRefresh {

  private CloudRefresh() {}

  static void tell(ApplicationContext context, Set<String> properties) {
    if (!properties.isEmpty()) {
      context.publishEvent(new EnvironmentChangeEvent(context, properties));
      context.getBeanProvider(RefreshScope.class).ifAvailable(RefreshScope::refreshAll);
    }
  }
}
