package dev.latchkey.agent.catalog;

import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;

/**
 * A prefix of names opened for secrets that nobody declared; the part after the prefix is the
 * backend's path.
 *
 * @param prefix the beginning of the names, possibly empty
 */
public record Mount(String prefix, String backend, Duration maxStale, Duration refresh) {

  /** Whether {@code name} lies under the prefix. */
  public boolean covers(SecretName name) {
    return name.text().startsWith(prefix) && name.text().length() > prefix.length();
  }
}
