package dev.latchkey.agent.inject;

import java.io.UncheckedIOException;
import java.util.List;

/**
 * Where deliveries are written: files and sets of files that are there whole or not at all.
 *
 * <p>A file is swapped by one rename. A set is a directory that is filled first and then swapped by
 * one rename of the symlink in front of it, so whoever resolves the directory once reads one
 * version: the previous two stay whole, and for a time each one that was replaced lately. No
 * symlink is followed, except a set's own. What a crash left behind goes with the next write.
 *
 * <p>Every method blocks on a disk inside native calls, so it belongs on a platform thread. Any
 * thread may call; calls for the same path take turns. One process writes a path, not two.
 */
public interface FileTree {

  /**
   * Looks at what would be refused, and changes nothing. Accounts are looked up by name here, and
   * not again by the rest.
   *
   * @return whether the place lies in memory (tmpfs), as is recommended for secrets
   * @throws PlacementRefused when it could not be written as asked
   * @throws UncheckedIOException when the file system fails
   */
  boolean check(Placement placement);

  /**
   * Writes all contents or none. A missing parent directory is made, for the agent's user alone.
   *
   * @param contents of a {@link Placement.Kind#FILE} exactly one, whose name does not matter; of a
   *     {@link Placement.Kind#SET} at least one, no name twice
   * @return whether anything was written since a write last answered: what is there already, with
   *     the same names, bytes, mode and owners, stays
   * @throws PlacementRefused as {@link #check} does; what was there before is whole
   * @throws SyncFailed when only the last sync failed: the new contents are in place whole, and the
   *     next write of the same answers true for them
   * @throws UncheckedIOException when the file system fails otherwise, as when it is full; what was
   *     there before is whole, and nothing is left over
   */
  boolean write(Placement placement, List<FileContent> contents);

  /**
   * Leaves every file in place, empty, as {@link #write} would; earlier versions of a set go. Does
   * nothing where nothing was written. Where something else of it cannot be taken away, it fails
   * after it did the rest.
   */
  void blank(Placement placement);

  /** Takes away what was written, with all versions of a set. Parent directories stay. */
  void remove(Placement placement);
}
