package dev.latchkey.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.BootstrapContext;
import org.springframework.boot.bootstrap.BootstrapRegistry;
import org.springframework.boot.bootstrap.BootstrapRegistry.InstanceSupplier;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Has placeholders resolved where Spring Cloud reads the configuration again: it does so in an
 * environment of its own, of which {@link LatchkeyListener} is not told. Found by Spring Boot in
 * {@code spring.factories}.
 */
public final class LatchkeyReadAgain implements EnvironmentPostProcessor, Ordered {

  private final @Nullable LatchkeyPropertySource source;

  /** With what was kept when the application started; Spring Cloud keeps that context. */
  public LatchkeyReadAgain(BootstrapContext started) {
    source =
        started.isRegistered(LatchkeyPropertySource.class)
            ? started.get(LatchkeyPropertySource.class)
            : null;
  }

  /** Keeps the source for when the configuration is read again. */
  static void keep(BootstrapRegistry registry, LatchkeyPropertySource source) {
    registry.register(LatchkeyPropertySource.class, InstanceSupplier.of(source));
  }

  /** Before the configuration is read. */
  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (source != null && LatchkeyPropertySource.of(environment) == null) {
      environment.getPropertySources().addFirst(source);
    }
  }
}
