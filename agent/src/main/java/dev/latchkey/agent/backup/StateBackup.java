package dev.latchkey.agent.backup;

import java.nio.file.Path;

/** Makes copies of the whole state store. */
public interface StateBackup {

  /**
   * Writes a sealed, consistent copy to {@code file}, which must not exist, with mode 0600, while
   * the agent runs. Blocks.
   *
   * @return the size in bytes
   */
  long backup(Path file);
}
