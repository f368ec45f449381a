package dev.latchkey.agent.catalog;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What is to know of where a secret comes from, besides its path.
 *
 * @param target where a login that the backend changes by itself is proved before it is published
 * @param unwrapFile the file with a wrapping token that stands in place of the path; opened once
 */
public record SourceDeclaration(Optional<String> target, Optional<Path> unwrapFile) {

  /** The path says it all. */
  public static final SourceDeclaration PLAIN =
      new SourceDeclaration(Optional.empty(), Optional.empty());
}
