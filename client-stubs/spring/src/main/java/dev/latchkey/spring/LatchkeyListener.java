package dev.latchkey.spring;

import dev.latchkey.client.placeholder.WatchedSecrets;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Goes along with the life of an application: adds the property source before the configuration is
 * read, waits for the secrets before any bean is made, tells of changes from when the application
 * has started, which is before its runners are called, and has the client closed after all other
 * beans. Found by Spring Boot in {@code spring.factories}.
 */
public final class LatchkeyListener implements ApplicationListener<ApplicationEvent>, Ordered {

  /** Before the configuration is read, of Spring Cloud's bootstrap too: it may need a secret. */
  private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 4;

  private static final String BEAN = "latchkeySecrets";

  private @Nullable LatchkeyPropertySource preparing;

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    if (event instanceof ApplicationEnvironmentPreparedEvent prepared) {
      add(prepared);
    } else if (event instanceof ApplicationPreparedEvent prepared) {
      require(prepared.getApplicationContext());
    } else if (event instanceof ApplicationStartedEvent started) {
      follow(started.getApplicationContext());
    } else if (event instanceof ApplicationFailedEvent failed) {
      closeAfterFailure(failed.getApplicationContext());
    }
  }

  private void add(ApplicationEnvironmentPreparedEvent prepared) {
    ConfigurableEnvironment environment = prepared.getEnvironment();
    LatchkeyPropertySource source = new LatchkeyPropertySource(environment);
    environment.getPropertySources().addFirst(source);
    LatchkeyReadAgain.keep(prepared.getBootstrapContext(), source);
    preparing = source;
  }

  private void require(ConfigurableApplicationContext context) {
    preparing = null;
    LatchkeyPropertySource source = LatchkeyPropertySource.of(context.getEnvironment());
    if (source == null) {
      return;
    }
    ConfigurableListableBeanFactory beans = context.getBeanFactory();
    RefreshScopedBeans refreshed = new RefreshScopedBeans(beans);
    WatchedSecrets secrets = source.secretsAsConfigured(refreshed::isOneBeingMade);
    beans.registerSingleton(BEAN, secrets);
    if (beans instanceof DefaultSingletonBeanRegistry registry) {
      // The first that is registered is the last that is destroyed: what drains may still read.
      DisposableBean last = source::close;
      registry.registerDisposableBean(BEAN, last);
    }
    secrets.require(Placeholders.of(context.getEnvironment()).references());
  }

  private static void follow(ConfigurableApplicationContext context) {
    LatchkeyPropertySource source = LatchkeyPropertySource.of(context.getEnvironment());
    if (source != null) {
      source.follow(new ChangeSteps(context, source).inOrder());
    }
  }

  /** A context that got as far as being active is closed by Spring Boot, and the client with it. */
  private void closeAfterFailure(@Nullable ConfigurableApplicationContext context) {
    LatchkeyPropertySource source =
        context == null ? preparing : LatchkeyPropertySource.of(context.getEnvironment());
    if (source != null && (context == null || !context.isActive())) {
      source.close();
    }
  }
}
