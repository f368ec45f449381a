package dev.latchkey.agent.config;

import dev.latchkey.agent.catalog.TargetDeclaration;

/** Whether a target can be used as it is declared, as far as can be told without asking it. */
@FunctionalInterface
public interface TargetCheck {

  /**
   * Looks at one target.
   *
   * @throws dev.latchkey.agent.secret.SecretException INVALID_REQUEST, whose message begins with
   *     the key that is wrong
   */
  void check(TargetDeclaration target);
}
