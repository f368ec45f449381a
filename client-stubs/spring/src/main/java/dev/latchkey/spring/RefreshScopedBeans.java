package dev.latchkey.spring;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** The beans of Spring Cloud's refresh scope: each look-up of theirs comes again after a change. */
final class RefreshScopedBeans {

  private static final String SCOPE = "refresh";

  private final ConfigurableListableBeanFactory beans;

  RefreshScopedBeans(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  /** Whether this thread is making one, or what one is made with. */
  boolean isOneBeingMade() {
    for (String name : beans.getBeanDefinitionNames()) {
      if (beans.isCurrentlyInCreation(name)
          && SCOPE.equals(beans.getMergedBeanDefinition(name).getScope())) {
        return true;
      }
    }
    return false;
  }
}
