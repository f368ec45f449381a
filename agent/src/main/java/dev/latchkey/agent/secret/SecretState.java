package dev.latchkey.agent.secret;

import java.time.Instant;
import java.util.Optional;

/**
 * One state of a secret: a version's content with its lifetime.
 *
 * @param backendVersion the secret manager's own name for the version; empty when it has none
 * @param issuedAt when the credential was issued
 * @param publishedAt when this version became current here
 * @param previousValidUntil until when the target accepts the version before this one
 * @param rolledBackFrom the version whose content this one carries again; 0 for none
 */
public record SecretState(
    SecretName name,
    StateId id,
    String backendVersion,
    SecretContent content,
    Lifetime lifetime,
    Instant issuedAt,
    Instant publishedAt,
    Optional<Instant> previousValidUntil,
    long rolledBackFrom,
    Cause cause) {

  /** When the credential ends, if it is leased. */
  public Optional<Instant> expiresAt() {
    return switch (lifetime) {
      case Lifetime.Unleased unleased -> Optional.empty();
      case Lifetime.Leased leased -> Optional.of(leased.expiresAt());
    };
  }
}
