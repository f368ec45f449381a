package dev.latchkey.agent.inject;

import java.nio.file.Path;

/**
 * A delivery cannot be written where and as it was asked for, and will not be until somebody
 * changes the configuration or the file system. The message is safe: it names paths, says what is
 * wrong there and what to do.
 */
public final class PlacementRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * A refusal.
   *
   * @param path what is wrong: the target or one of its parents
   * @param why completes the sentence that begins with the path
   */
  public PlacementRefused(Path path, String why) {
    super(path + " " + why);
  }
}
