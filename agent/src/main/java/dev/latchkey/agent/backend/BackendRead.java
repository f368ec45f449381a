package dev.latchkey.agent.backend;

import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.SecretContent;

/**
 * What a read brought.
 *
 * @param version the manager's own text for the version; empty when it has none
 * @param leaseId the manager's own name for the lease that came with it; empty for none
 */
public record BackendRead(
    SecretContent content, String version, Lifetime lifetime, String leaseId) {

  /** A read without a lease. */
  public BackendRead(SecretContent content, String version, Lifetime lifetime) {
    this(content, version, lifetime, "");
  }
}
