package dev.latchkey.agent.config;

/** Who keeps the keys of a keyring. */
public sealed interface KeyringSettings {

  /** The agent, in its state store. */
  record Own() implements KeyringSettings {}

  /**
   * The transit engine of a Vault, which does the ciphering too.
   *
   * @param backend the configured backend, of type {@code vault}
   * @param mount where the engine is mounted
   * @param key the key there
   * @param derived whether the key is one that is derived from a context
   */
  record Transit(String backend, String mount, String key, boolean derived)
      implements KeyringSettings {}
}
