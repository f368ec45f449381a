package dev.latchkey.spring;

import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.LatchkeyException.Reason;
import dev.latchkey.client.placeholder.SecretReference;
import dev.latchkey.client.placeholder.Step;
import dev.latchkey.client.placeholder.WatchedSecrets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.PropertySource.StubPropertySource;

/**
 * Answers the look-up of {@code latchkey:NAME#field} with the value of now.
 *
 * <p>Lists no names, so that nothing that goes through the properties meets a value, and says of no
 * name that it has it. To Spring Boot's binder it is a stub: placeholders are looked up in it, and
 * properties are not. Safe for any thread.
 */
final class LatchkeyPropertySource extends StubPropertySource implements AutoCloseable {

  static final String NAME = "latchkey";

  private final ConfigurableEnvironment environment;

  /** What the beans of the refresh scope looked up since they were last made again. */
  private final Set<SecretReference> lookedUp = ConcurrentHashMap.newKeySet();

  /** Those among them that no property refers to: an annotation is seen only by its look-up. */
  private final Set<SecretReference> besides = ConcurrentHashMap.newKeySet();

  private @Nullable WatchedSecrets secrets;
  private @Nullable Settings settings;
  private volatile BooleanSupplier isLookedUpAgain = () -> false;
  private boolean closed;

  /** Where the agent is, and how long a first value is waited for. */
  private record Settings(Optional<Path> socket, Duration timeout) {

    static Settings of(ConfigurableEnvironment environment) {
      return new Settings(
          Optional.ofNullable(environment.getProperty("latchkey.socket")).map(Path::of),
          environment.getProperty(
              "latchkey.timeout", Duration.class, WatchedSecrets.DEFAULT_TIMEOUT));
    }
  }

  LatchkeyPropertySource(ConfigurableEnvironment environment) {
    super(NAME);
    this.environment = environment;
  }

  /** The source of an environment; none where Latchkey is not in it. */
  static @Nullable LatchkeyPropertySource of(ConfigurableEnvironment environment) {
    PropertySource<?> named = environment.getPropertySources().get(NAME);
    return named instanceof LatchkeyPropertySource ours ? ours : null;
  }

  @Override
  public boolean containsProperty(String name) {
    return false;
  }

  @Override
  public @Nullable String getProperty(String name) {
    String key = name.strip();
    if (key.startsWith(SecretReference.PREFIX)) {
      String text = key.substring(SecretReference.PREFIX.length());
      SecretReference reference = SecretReference.parse(text);
      String value = secrets().text(reference);
      note(reference);
      return Escape.placeholders(value);
    }
    if (key.equals(NAME)) {
      throw new LatchkeyException(
          Reason.INVALID_REQUEST,
          "${latchkey:…} is not of the form ${latchkey:NAME#field}: nothing can be nested in it");
    }
    return null;
  }

  /** Beans can be made again while this can be read; what anybody else looks up is no matter. */
  private void note(SecretReference reference) {
    if (isLookedUpAgain.getAsBoolean() && lookedUp.add(reference) && !isInProperties(reference)) {
      besides.add(reference);
    }
  }

  private boolean isInProperties(SecretReference reference) {
    try {
      return Placeholders.of(environment).references().containsKey(reference);
    } catch (RuntimeException malformed) {
      return false;
    }
  }

  /** What is made again looks up what it needs again. */
  void forgetLookUps() {
    lookedUp.clear();
    besides.clear();
  }

  /** What is behind it, made when it is first needed, as the environment says then. */
  synchronized WatchedSecrets secrets() {
    if (closed) {
      throw new LatchkeyException(Reason.CLOSED, "The application context is closed");
    }
    if (secrets == null) {
      settings = Settings.of(environment);
      secrets = WatchedSecrets.at(settings.socket(), settings.timeout());
    }
    return secrets;
  }

  /**
   * What is behind it, once the whole configuration has been read: one that was made before with
   * other settings is replaced.
   *
   * @param lookedUpAgain whether what this thread looks up is looked up again after a change
   */
  synchronized WatchedSecrets secretsAsConfigured(BooleanSupplier lookedUpAgain) {
    isLookedUpAgain = lookedUpAgain;
    if (secrets != null && !Settings.of(environment).equals(settings)) {
      secrets.close();
      secrets = null;
    }
    return secrets();
  }

  /**
   * Has these steps done on each change. All that they need is what the environment refers to, and
   * what beans looked up besides.
   */
  void follow(List<Step> steps) {
    secrets()
        .follow(steps, () -> Placeholders.of(environment).and(besides, "What a bean looked up"));
  }

  @Override
  public void close() {
    WatchedSecrets last;
    synchronized (this) {
      closed = true;
      last = secrets;
      secrets = null;
    }
    if (last != null) {
      last.close();
    }
  }

  /** Tells its name alone. */
  @Override
  public String toString() {
    return "LatchkeyPropertySource";
  }
}
