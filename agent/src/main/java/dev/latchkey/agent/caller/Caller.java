package dev.latchkey.agent.caller;

import java.nio.file.Path;
import java.util.Optional;

/**
 * An attested caller. Its identity is uid and gid; the executable only narrows a rule.
 *
 * @param executable the program that runs; empty when the agent may not read it, and then no rule
 *     on it matches
 */
public record Caller(int uid, int gid, int pid, Optional<Path> executable) {

  /**
   * The text that names the caller in holders and in the audit, such as {@code uid 1000 gid 1000}.
   */
  public String identity() {
    return new Peer(uid, gid, pid).identity();
  }

  /** Whether {@code other} has the same attested identity; the process may be another one. */
  public boolean sameIdentity(Caller other) {
    return uid == other.uid && gid == other.gid;
  }
}
