package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.crypto.StateKey;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;

/** A store in a directory of a test, with its lock; closed in the right order. */
record OpenedStore(StateDirectory directory, SqliteStore store) implements AutoCloseable {

  static OpenedStore open(Path path) {
    return open(path, key(1));
  }

  static OpenedStore open(Path path, StateKey key) {
    StateDirectory directory = StateDirectory.open(path);
    boolean opened = false;
    try {
      SqliteStore store = SqliteStore.open(directory, salt -> key, new SecureRandom());
      opened = true;
      return new OpenedStore(directory, store);
    } finally {
      if (!opened) {
        directory.close();
      }
    }
  }

  /** A state key whose every byte is {@code fill}. */
  static StateKey key(int fill) {
    byte[] bytes = new byte[StateKey.LENGTH];
    Arrays.fill(bytes, (byte) fill);
    return StateKey.of(SecretValue.of(bytes));
  }

  @Override
  public void close() {
    store.close();
    directory.close();
  }
}
