package dev.latchkey.agent.backend;

import java.util.List;

/**
 * A secret manager that keeps the versions of a secret by itself, and takes them away when told to.
 * Versions are named by the manager's own text. Called on virtual threads; blocks.
 *
 * <p>Each call throws {@link dev.latchkey.agent.secret.SecretException}: UNSUPPORTED where a path
 * keeps no versions, INVALID_REQUEST when a text names none, NOT_FOUND when one of the versions
 * never was and VERSION_DESTROYED when one is gone for good (nothing was changed by then),
 * BACKEND_REFUSED when the agent may not, UNAVAILABLE or LIMIT_EXCEEDED when asking again later may
 * help.
 */
public interface Versioned {

  /**
   * The text of the newest version, deleted and destroyed ones included: what a compare-and-set of
   * {@link Writable#put} must expect. Empty text when there never was one.
   */
  String newest(String path);

  /** Deletes versions, the newest where none is named; {@link #undelete} brings them back. */
  void delete(String path, List<String> versions);

  /** Brings deleted versions back; does nothing to those that are there. */
  void undelete(String path, List<String> versions);

  /** Ends versions for good. */
  void destroy(String path, List<String> versions);
}
