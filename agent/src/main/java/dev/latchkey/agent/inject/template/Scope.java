package dev.latchkey.agent.inject.template;

import dev.latchkey.agent.secret.SecretName;

/** What the tags of one pass over a template see; confined to the thread of that pass. */
sealed interface Scope permits Rendering, Survey {

  /** The value of a field. */
  Value field(SecretName secret, String field, Call call);

  /** Whether a secret has a field. */
  boolean has(SecretName secret, String field, Call call);

  /** All fields of a secret. */
  Items fields(SecretName secret, Call call);

  /** The lines of a value. */
  Items lines(Value value);

  /** Whether every branch is gone through, whatever its condition says. */
  boolean everyBranch();

  /** Where the text goes. */
  Output output();

  /** What the pass has used up. */
  Budget budget();
}
