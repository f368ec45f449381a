package dev.latchkey.agent.backend.vault;

/**
 * A secrets engine and where it is mounted.
 *
 * @param path ends with a slash
 */
record Mount(String path, Kind kind) {

  /** What a read of the engine means. */
  enum Kind {
    /** Key-value, each path one value. */
    KV1,
    /** Key-value with versions. */
    KV2,
    /** Users of databases. */
    DATABASE,
    /** Any other; a read may grant a lease. */
    OTHER,
    /** The server would not say; the path is a guess. */
    UNKNOWN
  }

  /** What comes after the mount in {@code full}. */
  String rest(String full) {
    return full.substring(path.length());
  }
}
