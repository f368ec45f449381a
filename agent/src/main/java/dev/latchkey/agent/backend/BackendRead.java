package dev.latchkey.agent.backend;

import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.SecretContent;
import java.time.Instant;
import java.util.Optional;

/**
 * What a read brought.
 *
 * @param version the manager's own text for the version; empty when it has none
 * @param leaseId the manager's own name for the lease that came with it; empty for none
 * @param changesAt when the manager itself changes this login's password next, which ends the one
 *     read; empty where it does not
 * @param under the token that the read was made with, under which its lease was granted; empty
 *     where there is none
 */
public record BackendRead(
    SecretContent content,
    String version,
    Lifetime lifetime,
    String leaseId,
    Optional<Instant> changesAt,
    Optional<Login.Token> under) {

  /** A read without a token. */
  public BackendRead(
      SecretContent content,
      String version,
      Lifetime lifetime,
      String leaseId,
      Optional<Instant> changesAt) {
    this(content, version, lifetime, leaseId, changesAt, Optional.empty());
  }

  /** A read of what the manager does not change by itself. */
  public BackendRead(SecretContent content, String version, Lifetime lifetime, String leaseId) {
    this(content, version, lifetime, leaseId, Optional.empty());
  }

  /** A read without a lease. */
  public BackendRead(SecretContent content, String version, Lifetime lifetime) {
    this(content, version, lifetime, "");
  }

  /** The same, made with {@code token}. */
  public BackendRead madeWith(Login.Token token) {
    return new BackendRead(content, version, lifetime, leaseId, changesAt, Optional.of(token));
  }
}
