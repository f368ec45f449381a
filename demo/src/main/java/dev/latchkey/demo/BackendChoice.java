package dev.latchkey.demo;

import java.util.Locale;

/** Where the application's credential comes from. */
public enum BackendChoice {
  /** The agent makes it and rotates it between two users. */
  LOCAL,
  /** A real Vault leases it, and the agent renews and replaces the leases. */
  VAULT;

  /** The word of the command line, which its parser shows where another was given. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
