package dev.latchkey.spring;

import dev.latchkey.client.placeholder.WatchedSecrets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Goes along with the life of an application: adds the property source when the configuration has
 * been read, waits for the secrets before any bean is made, tells of changes from when the
 * application is ready, and closes the client with the context. Found by Spring Boot in {@code
 * spring.factories}.
 */
public final class LatchkeyListener implements ApplicationListener<ApplicationEvent>, Ordered {

  /** After the configuration is read, before logging is set up from it. */
  private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 15;

  private final List<Owned> owned = new CopyOnWriteArrayList<>();

  /** What was made for one context. */
  private record Owned(ApplicationContext context, LatchkeyPropertySource source) {}

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    if (event instanceof ApplicationEnvironmentPreparedEvent prepared) {
      ConfigurableEnvironment environment = prepared.getEnvironment();
      environment.getPropertySources().addFirst(new LatchkeyPropertySource(environment));
    } else if (event instanceof ApplicationPreparedEvent prepared) {
      require(prepared.getApplicationContext());
    } else if (event instanceof ApplicationReadyEvent ready) {
      follow(ready.getApplicationContext());
    } else if (event instanceof ContextClosedEvent closed) {
      close(closed.getApplicationContext());
    } else if (event instanceof ApplicationFailedEvent failed) {
      close(failed.getApplicationContext());
    }
  }

  private void require(ConfigurableApplicationContext context) {
    LatchkeyPropertySource source = LatchkeyPropertySource.of(context.getEnvironment());
    if (source == null) {
      return;
    }
    owned.add(new Owned(context, source));
    WatchedSecrets secrets = source.secrets();
    context.getBeanFactory().registerSingleton("latchkeySecrets", secrets);
    secrets.require(Placeholders.of(context.getEnvironment()).references());
  }

  private void follow(ConfigurableApplicationContext context) {
    for (Owned mine : owned) {
      if (mine.context().equals(context)) {
        mine.source().follow(new ChangeSteps(context).inOrder());
      }
    }
  }

  private void close(@Nullable ApplicationContext context) {
    List<Owned> closing = owned.stream().filter(mine -> mine.context().equals(context)).toList();
    owned.removeAll(closing);
    closing.forEach(mine -> mine.source().close());
  }
}
