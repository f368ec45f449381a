package dev.latchkey.agent.access;

import java.util.Locale;

/** What a caller may be allowed to do; the words are those of the configuration. */
public enum Operation {
  /** Read a secret's value, once or by a watch. */
  READ,
  /** Watch a secret. */
  WATCH,
  /** See a secret's name and metadata. */
  LIST,
  /** Encrypt under a keyring. */
  ENCRYPT,
  /** Decrypt under a keyring. */
  DECRYPT;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
