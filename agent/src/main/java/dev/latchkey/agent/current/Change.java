package dev.latchkey.agent.current;

import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What shall become current.
 *
 * @param backendVersion the secret manager's text for the version; empty to let the store's number
 *     stand
 * @param issuedAt when the credential was issued
 * @param previousValidUntil until when the target accepts the version before
 * @param rolledBackFrom the version whose content it carries again; 0 for none
 * @param expectedVersion compare-and-set: the version that must be current; 0 for "none may be";
 *     absent for any
 * @param requestId makes a repeat answer as the first did; empty for none
 * @param actor who wants it, for the audit
 * @param traceId the caller's W3C trace id; empty for none
 */
public record Change(
    SecretName name,
    SecretContent content,
    Lifetime lifetime,
    String backendVersion,
    Instant issuedAt,
    Optional<Instant> previousValidUntil,
    long rolledBackFrom,
    Cause cause,
    OptionalLong expectedVersion,
    String requestId,
    String actor,
    String traceId) {

  /** An unleased change by the agent itself, without conditions. */
  public static Change byAgent(
      SecretName name, SecretContent content, Cause cause, Instant issuedAt) {
    return new Change(
        name,
        content,
        new Lifetime.Unleased(),
        "",
        issuedAt,
        Optional.empty(),
        0,
        cause,
        OptionalLong.empty(),
        "",
        "agent",
        "");
  }
}
