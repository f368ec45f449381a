package dev.latchkey.agent.rotation;

import java.util.Locale;

/** What a rotation was asked to do; it decides which steps are taken. */
public enum RotationKind {
  /** A new password for the idle login role. */
  ROTATE,
  /** An earlier version's content again. */
  ROLLBACK,
  /** A user and password that the target already has. */
  ADOPT,
  /** A reset of the pair by the administrator. */
  RECOVER;

  /** The word for it in the audit and in the store. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
