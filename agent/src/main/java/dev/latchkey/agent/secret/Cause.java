package dev.latchkey.agent.secret;

import java.util.Locale;

/** What made a state current. */
public enum Cause {
  /** A read of the backend. */
  LOAD,
  /** An operator's write. */
  PUT,
  /** A rotation. */
  ROTATION,
  /** A return to an earlier content. */
  ROLLBACK,
  /** A user and password that the target already had. */
  ADOPTION,
  /** An administrator's reset of the pair of users. */
  RECOVERY;

  /** The word for it in answers and in the audit. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
