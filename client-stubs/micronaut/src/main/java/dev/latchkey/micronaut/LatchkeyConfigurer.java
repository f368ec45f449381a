package dev.latchkey.micronaut;

import dev.latchkey.client.placeholder.WatchedSecrets;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.ApplicationContextConfigurer;
import io.micronaut.context.env.Environment;
import io.micronaut.context.exceptions.ConfigurationException;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Puts the placeholders of an application context under Latchkey, before any bean is made, and
 * waits for the secrets that they name. Found by Micronaut as a service.
 */
public final class LatchkeyConfigurer implements ApplicationContextConfigurer {

  private static final String TIMEOUT = "latchkey.timeout";

  /** A context that fails to start tells nobody, so the client ends with its environment. */
  private static final Cleaner ENDS = Cleaner.create(LatchkeyConfigurer::thread);

  @Override
  public void configure(ApplicationContext context) {
    Environment environment = context.getEnvironment();
    WatchedSecrets secrets =
        WatchedSecrets.at(
            environment.getProperty("latchkey.socket", String.class).map(Path::of),
            timeout(environment));
    LatchkeyPropertySource source = new LatchkeyPropertySource(environment, secrets);
    try {
      environment.addPropertySource(source);
      secrets.require(source.texts().references());
      var unused = ENDS.register(environment, secrets::close);
    } catch (RuntimeException refused) {
      secrets.close();
      throw refused;
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "latchkey-ends");
    thread.setDaemon(true);
    return thread;
  }

  private static Duration timeout(Environment environment) {
    Optional<Duration> set = environment.getProperty(TIMEOUT, Duration.class);
    if (set.isEmpty() && environment.containsProperty(TIMEOUT)) {
      throw new ConfigurationException(TIMEOUT + " is not a length of time such as 60s");
    }
    return set.orElse(WatchedSecrets.DEFAULT_TIMEOUT);
  }
}
