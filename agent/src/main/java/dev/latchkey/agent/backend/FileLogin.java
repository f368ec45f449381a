package dev.latchkey.agent.backend;

import dev.latchkey.agent.secret.SecretValue;
import java.util.Optional;

/**
 * A login that goes by files which others change. Whoever keeps its token calls it every few
 * seconds, on the thread that also logs in; it asks the manager nothing.
 */
public interface FileLogin {

  /** Whether there is anything to look at. */
  boolean hasFiles();

  /** The token that a login would bring now; empty where it cannot be seen. */
  Optional<SecretValue> offered();

  /** Does what is left to do with files after a login, such as deleting one. */
  void tidy();
}
