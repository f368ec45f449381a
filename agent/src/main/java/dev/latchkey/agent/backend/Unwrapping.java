package dev.latchkey.agent.backend;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A secret manager that hands a secret out wrapped: somebody else delivers a token, which opens it
 * once. Blocks.
 */
public interface Unwrapping {

  /**
   * Opens what the token in {@code file} wraps.
   *
   * @param createdAt the path at which it must have been wrapped; empty for any
   * @param opened the version text of what was opened last; empty text for nothing
   * @return what came of a token that was not opened yet, with a version text that stands for the
   *     token; empty when there is no file, or the token in it is the one opened last
   * @throws dev.latchkey.agent.secret.SecretException BACKEND_REFUSED when somebody else may have
   *     opened it, NOT_POSSIBLE_NOW when the file holds no token, UNAVAILABLE or LIMIT_EXCEEDED
   *     when asking again later may help
   */
  Optional<BackendRead> unwrap(Path file, Optional<String> createdAt, String opened);
}
