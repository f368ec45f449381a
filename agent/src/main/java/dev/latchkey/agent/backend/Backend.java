package dev.latchkey.agent.backend;

import dev.latchkey.agent.lifecycle.Health;
import java.util.Optional;

/**
 * A secret manager. Called on virtual threads only; calls block, honour interruption, and may run
 * side by side.
 *
 * <p>What only some managers offer is a further interface: {@link Writable}, {@link Listable}.
 */
public interface Backend extends Health {

  /**
   * Reads a secret.
   *
   * @param path where this manager keeps it
   * @param version the manager's own text for the version wanted; empty for the newest
   * @throws dev.latchkey.agent.secret.SecretException NOT_FOUND, VERSION_DESTROYED,
   *     BACKEND_REFUSED, UNSUPPORTED, or UNAVAILABLE when asking again later may help
   */
  BackendRead read(String path, Optional<String> version);

  /**
   * Whether a greater version text is a later version, so that an older one is never made current.
   */
  boolean ordersVersions();
}
