package dev.latchkey.agent.backend;

import dev.latchkey.agent.secret.SecretContent;
import java.util.Optional;

/** A secret manager that the agent may write to. */
public interface Writable {

  /**
   * Writes a new version.
   *
   * @param expected the manager's version text that must be the newest; empty text for "there must
   *     be none"; absent to write whatever is there
   * @return the manager's text for the new version; empty when the agent's own store numbers it
   * @throws dev.latchkey.agent.secret.SecretException CONFLICT when the compare-and-set is lost
   */
  String put(String path, SecretContent content, Optional<String> expected);

  /** Whether the agent's own store numbers what is written, so that the door compares and sets. */
  default boolean isNumberedByStore() {
    return false;
  }
}
