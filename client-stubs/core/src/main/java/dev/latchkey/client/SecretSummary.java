package dev.latchkey.client;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What may be told about a secret without telling its value.
 *
 * @param name the secret's name
 * @param state which state is current; empty while nothing was ever available
 * @param backendVersion the secret manager's own name for the current version; empty when it has
 *     none
 * @param backend the configured backend that the secret comes from
 * @param kind the declared kind, such as "static" or "database"
 * @param required whether the agent waits for this secret before it is ready
 * @param stale whether the backend could not confirm the value in time
 * @param issuedAt when the current credential was issued
 * @param expiresAt when the current credential ends; empty when it has no lease
 * @param fieldNames the names of the fields, without their values
 */
public record SecretSummary(
    String name,
    Optional<StateId> state,
    String backendVersion,
    String backend,
    String kind,
    boolean required,
    boolean stale,
    Optional<Instant> issuedAt,
    Optional<Instant> expiresAt,
    List<String> fieldNames) {

  /** Copies the list. */
  public SecretSummary {
    Objects.requireNonNull(name, "name");
    fieldNames = List.copyOf(fieldNames);
  }
}
