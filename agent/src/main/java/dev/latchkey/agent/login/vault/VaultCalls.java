package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.secret.SecretValue;
import io.github.jopenlibs.vault.json.JsonObject;
import java.util.Optional;

/** One call of the server's API, as {@code VaultHttp.answer} of {@code backend.vault} makes it. */
@FunctionalInterface
public interface VaultCalls {

  /**
   * The answer's JSON, empty where there is none.
   *
   * @param body written to the path; without one the path is read
   * @throws dev.latchkey.agent.secret.SecretException as the server says, or UNAVAILABLE or
   *     LIMIT_EXCEEDED
   */
  JsonObject answer(String path, Optional<JsonObject> body, Optional<SecretValue> token);
}
