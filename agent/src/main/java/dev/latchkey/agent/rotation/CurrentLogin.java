package dev.latchkey.agent.rotation;

import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads logins and passwords out of what is current. */
final class CurrentLogin {

  private CurrentLogin() {}

  /**
   * The current state, however long ago the backend confirmed it; empty when nothing was ever
   * published. Blocks.
   */
  static Optional<SecretState> state(Current current, SecretName name) {
    Optional<Held> held = current.held(name);
    if (held.isPresent()) {
      return held.map(Held::state);
    }
    try {
      return Optional.of(current.read(name).state());
    } catch (SecretException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The login that a content names; empty for none. */
  static String of(SecretContent content) {
    return content
        .field(SecretContent.USERNAME)
        .map(value -> value.read(bytes -> new String(bytes, StandardCharsets.UTF_8)))
        .orElse("");
  }

  /** The password of a version, if it is kept, readable, and that of {@code login}. Blocks. */
  static Optional<SecretValue> password(
      Current current, SecretName name, long version, String login) {
    if (version == 0) {
      return Optional.empty();
    }
    try {
      return current
          .version(name, version)
          .map(SecretState::content)
          .filter(content -> of(content).equals(login))
          .flatMap(content -> content.field(SecretContent.PASSWORD));
    } catch (SecretException e) {
      return Optional.empty();
    }
  }
}
