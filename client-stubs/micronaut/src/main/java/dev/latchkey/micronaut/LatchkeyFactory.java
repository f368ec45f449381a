package dev.latchkey.micronaut;

import dev.latchkey.client.placeholder.ReferencedSecrets;
import dev.latchkey.client.placeholder.WatchedSecrets;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.env.Environment;
import io.micronaut.context.exceptions.ConfigurationException;
import jakarta.inject.Singleton;

/**
 * Makes what the placeholders use a bean, which is closed with the context; to an application it is
 * what {@link ReferencedSecrets} shows of it.
 */
@Factory
final class LatchkeyFactory {

  @Singleton
  @Bean(preDestroy = "close", typed = ReferencedSecrets.class)
  WatchedSecrets secrets(Environment environment) {
    LatchkeyPropertySource source = LatchkeyPropertySource.of(environment);
    if (source == null) {
      throw new ConfigurationException(
          "Latchkey was not asked before the context started: build it with"
              + " ApplicationContext.builder() or Micronaut.build()");
    }
    return source.secrets();
  }
}
