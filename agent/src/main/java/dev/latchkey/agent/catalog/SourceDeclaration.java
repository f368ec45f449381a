package dev.latchkey.agent.catalog;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What is to know of where a secret comes from, besides its path.
 *
 * @param target where a login that the backend changes by itself is proved before it is published
 * @param wrapped how it is delivered, where that is wrapped and not under its path
 */
public record SourceDeclaration(Optional<String> target, Optional<Wrapped> wrapped) {

  /**
   * A secret that a token in a file opens once.
   *
   * @param createdAt the path at which it must have been wrapped; empty for any
   */
  public record Wrapped(Path file, Optional<String> createdAt) {}

  /** The path says it all. */
  public static final SourceDeclaration PLAIN =
      new SourceDeclaration(Optional.empty(), Optional.empty());
}
