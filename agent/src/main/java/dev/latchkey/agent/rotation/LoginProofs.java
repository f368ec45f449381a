package dev.latchkey.agent.rotation;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.target.Target;
import java.util.Map;

/** Tries logins that somebody else changes, with no administrator's help. Blocks. */
public final class LoginProofs {

  private final Map<String, Target> targets;

  public LoginProofs(Map<String, Target> targets) {
    this.targets = Map.copyOf(targets);
  }

  /**
   * Logs in at {@code name} with what {@code login} holds.
   *
   * @throws SecretException UNAVAILABLE when the target refuses it or cannot be reached,
   *     NOT_POSSIBLE_NOW when it is no login
   */
  public void require(String name, SecretContent login) {
    Target target = targets.get(name);
    String user = CurrentLogin.of(login);
    SecretValue password = login.field(SecretContent.PASSWORD).orElse(null);
    if (target == null || user.isEmpty() || password == null) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "a login with the fields username and password is needed to be proved at " + name);
    }
    switch (target.prove(new Target.Login(user, user, user), password)) {
      case Target.Proof.Opened opened -> {}
      case Target.Proof.WithoutOwner without -> {}
      case Target.Proof.Refused refused ->
          throw SecretException.of(
              Reason.UNAVAILABLE,
              "a new password was read and not published: at " + name + " " + refused.why());
    }
  }
}
