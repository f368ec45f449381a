package dev.latchkey.agent.crypto;

import java.nio.file.Path;

/** Where the state key comes from: exactly one of these is configured. */
public sealed interface StateKeySource {

  /** A file of mode 0600 that holds 32 bytes as base64 or as 64 hexadecimal digits. */
  record KeyFile(Path path) implements StateKeySource {}

  /** An environment variable with the same text as a {@link KeyFile}. */
  record EnvironmentVariable(String name) implements StateKeySource {}

  /**
   * A credential that systemd put into {@code $CREDENTIALS_DIRECTORY}, with the text of a {@link
   * KeyFile}.
   */
  record SystemdCredential(String name) implements StateKeySource {}

  /** A file of mode 0600 with a passphrase, from which Argon2id makes the key. */
  record PassphraseFile(Path path) implements StateKeySource {}
}
