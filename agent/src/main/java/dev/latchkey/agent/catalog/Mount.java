package dev.latchkey.agent.catalog;

import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;

/**
 * A prefix of names opened for secrets that nobody declared.
 *
 * @param prefix the beginning of the names, possibly empty
 * @param pathPrefix what the backend's path begins with in place of {@code prefix}
 * @param persist whether the state store keeps the values
 */
public record Mount(
    String prefix,
    String pathPrefix,
    String backend,
    Duration maxStale,
    Duration refresh,
    boolean persist) {

  /**
   * A mount on a backend whose versions the agent's own store keeps: paths are whole names, and
   * values are kept.
   */
  public Mount(String prefix, String backend, Duration maxStale, Duration refresh) {
    this(prefix, prefix, backend, maxStale, refresh, true);
  }

  /** Whether {@code name} lies under the prefix. */
  public boolean covers(SecretName name) {
    return name.text().startsWith(prefix) && name.text().length() > prefix.length();
  }

  /** Where the backend keeps {@code name}, which the mount covers. */
  public String pathOf(SecretName name) {
    return prefix.equals(pathPrefix)
        ? name.text()
        : pathPrefix + name.text().substring(prefix.length());
  }
}
