package dev.latchkey.agent.rotation;

import java.util.Locale;

/** How far a rotation has come; each step is persisted before it acts. */
public enum RotationStep {
  PLANNED,
  CREATED,
  SET,
  VERIFIED,
  /** The secret manager has the new version; where it keeps versions of its own. */
  STORED,
  PUBLISHED,
  DRAINED,
  RETIRED,
  ROLLED_BACK,
  FAILED,
  BLOCKED;

  /** Whether a rotation at this step has ended. */
  public boolean ends() {
    return this == RETIRED || this == ROLLED_BACK || this == FAILED;
  }

  /** The words for it in answers and in the audit. */
  public String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
