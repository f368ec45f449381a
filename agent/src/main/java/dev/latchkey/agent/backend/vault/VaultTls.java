package dev.latchkey.agent.backend.vault;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How the servers prove who they are, and the agent to them.
 *
 * @param ca a PEM file with the authorities trusted in place of the system's
 * @param certificate a PEM file with the agent's own certificate and what leads from it to an
 *     authority
 * @param key a PEM file with the key of that certificate, PKCS #8
 * @param serverName the name that the servers' certificate must have, where it is not the host of
 *     the address
 */
public record VaultTls(
    Optional<Path> ca,
    Optional<Path> certificate,
    Optional<Path> key,
    Optional<String> serverName) {

  /** The system's authorities, and no certificate of the agent's own. */
  public static final VaultTls SYSTEM =
      new VaultTls(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
