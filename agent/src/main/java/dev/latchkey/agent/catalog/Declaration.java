package dev.latchkey.agent.catalog;

import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.util.Optional;

/**
 * A secret as the configuration declares it.
 *
 * @param backend the name of the configured backend that it comes from
 * @param path where the backend keeps it
 * @param kind a word for people, such as {@code static} or {@code database}
 * @param required whether the agent waits for it before it is ready
 * @param maxStale for how long after the last confirmation the value may be served
 * @param refresh how often the backend is asked to confirm it
 * @param environment the environment it belongs to; empty for none
 * @param rotation how it is rotated, if it is
 * @param lease how its leases are kept, if it has any
 * @param source what is to know of where it comes from, besides its path
 */
public record Declaration(
    SecretName name,
    String backend,
    String path,
    String kind,
    boolean required,
    Duration maxStale,
    Duration refresh,
    boolean persist,
    String environment,
    Optional<RotationDeclaration> rotation,
    LeaseDeclaration lease,
    SourceDeclaration source) {

  /** A declaration that says nothing of leases. */
  public Declaration(
      SecretName name,
      String backend,
      String path,
      String kind,
      boolean required,
      Duration maxStale,
      Duration refresh,
      boolean persist,
      String environment,
      Optional<RotationDeclaration> rotation) {
    this(
        name,
        backend,
        path,
        kind,
        required,
        maxStale,
        refresh,
        persist,
        environment,
        rotation,
        LeaseDeclaration.DEFAULT);
  }

  /** A declaration whose path says all of where it comes from. */
  public Declaration(
      SecretName name,
      String backend,
      String path,
      String kind,
      boolean required,
      Duration maxStale,
      Duration refresh,
      boolean persist,
      String environment,
      Optional<RotationDeclaration> rotation,
      LeaseDeclaration lease) {
    this(
        name,
        backend,
        path,
        kind,
        required,
        maxStale,
        refresh,
        persist,
        environment,
        rotation,
        lease,
        SourceDeclaration.PLAIN);
  }

  /** Whether both are kept at one place; what is delivered wrapped is kept at none. */
  public boolean sharesPath(Declaration other) {
    return backend.equals(other.backend)
        && path.equals(other.path)
        && source.wrapped().isEmpty()
        && other.source.wrapped().isEmpty();
  }
}
