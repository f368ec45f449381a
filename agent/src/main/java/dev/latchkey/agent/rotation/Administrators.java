package dev.latchkey.agent.rotation;

import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.util.Optional;

/** Reads the administrators' credentials, which the rotation engine alone may do. */
final class Administrators {

  private Administrators() {}

  static SecretContent read(Current current, Optional<SecretName> declared) {
    SecretName admin =
        declared.orElseThrow(
            () ->
                SecretException.of(
                    Reason.NOT_POSSIBLE_NOW,
                    "the target has no administrator; declare admin: at it"));
    SecretContent content;
    try {
      content = current.read(admin).state().content();
    } catch (SecretException e) {
      Reason reason =
          e.reason() == Reason.UNAVAILABLE ? Reason.UNAVAILABLE : Reason.NOT_POSSIBLE_NOW;
      throw SecretException.of(
          reason,
          "the administrator's credential " + admin + " cannot be read: " + e.safeMessage(),
          e);
    }
    if (content.field(SecretContent.USERNAME).isEmpty()
        || content.field(SecretContent.PASSWORD).isEmpty()) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "the administrator's credential " + admin + " needs the fields username and password");
    }
    return content;
  }
}
