package dev.latchkey.spring;

import java.util.Set;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.ApplicationContextEvent;

/**
 * A secret that the configuration refers to has another version.
 *
 * <p>Published on a thread of the client, once the environment gives the new values; for a change
 * during the start, when the application has started. Holds names and no value.
 */
public final class LatchkeyChangedEvent extends ApplicationContextEvent {

  private static final long serialVersionUID = 1L;

  private final String secret;

  private final Set<String> properties;

  /** An event of {@code context}; an application makes one in its own tests. */
  public LatchkeyChangedEvent(ApplicationContext context, String secret, Set<String> properties) {
    super(context);
    this.secret = secret;
    this.properties = Set.copyOf(properties);
  }

  /** The secret's name. */
  public String secret() {
    return secret;
  }

  /**
   * The properties that depend on it, such as {@code spring.datasource.password}, in Spring's own
   * spelling: those with a placeholder for it, and those that refer to them.
   */
  public Set<String> properties() {
    return properties;
  }
}
