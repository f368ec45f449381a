package dev.latchkey.agent.current;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;

/**
 * Brings what is not held: the port that {@code supply} implements. Called on virtual threads;
 * blocks.
 */
public interface Loader {

  /**
   * Reads the secret from its backend and publishes it through the door; any number of callers
   * share one read.
   *
   * @return what became current, or was current already
   * @throws dev.latchkey.agent.secret.SecretException when it cannot be had
   */
  SecretState load(SecretName name);

  /** Reads one version by the backend's own text for it; nothing becomes current. */
  SecretState loadVersion(SecretName name, String backendVersion);

  /**
   * Whether the backend of {@code name} orders its versions, so that an older one is never made
   * current.
   */
  default boolean ordersVersions(SecretName name) {
    return false;
  }
}
