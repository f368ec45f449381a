package dev.latchkey.demo;

/** Where the application's credential comes from. */
public enum BackendChoice {
  /** The agent makes it and rotates it between two users. */
  LOCAL,
  /** A real Vault leases it, and the agent renews and replaces the leases. */
  VAULT
}
