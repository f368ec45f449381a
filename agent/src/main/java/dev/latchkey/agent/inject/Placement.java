package dev.latchkey.agent.inject;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where and how a delivery is written.
 *
 * @param path absolute and without {@code .} or {@code ..}: the file, or the symlink in front of a
 *     set
 * @param mode the permission bits of each file, at most 0640; a directory of a set lets in whom the
 *     mode lets read
 * @param owner a user's name or number; the agent's own user without
 * @param group a group's name or number; the agent's own group without
 */
public record Placement(
    Path path, Kind kind, int mode, Optional<String> owner, Optional<String> group) {

  /** What is at the path. */
  public enum Kind {
    /** One file. */
    FILE,
    /** A directory of files that change together, behind one symlink. */
    SET
  }

  /** The mode where nothing else is asked for. */
  public static final int OWNER_ONLY = 0600;

  /** The mode where a group is named and no mode is. */
  public static final int OWNER_AND_GROUP = 0640;

  /** A placement for the agent's own user. */
  public static Placement of(Path path, Kind kind) {
    return new Placement(path, kind, OWNER_ONLY, Optional.empty(), Optional.empty());
  }
}
