package dev.latchkey.agent.caller;

/**
 * What the kernel says of the process at the other end of a Unix socket.
 *
 * @param uid the number of the user, as the 32 bits that the kernel has
 * @param gid the number of the group, likewise
 * @param pid the process id at the time of the connection; 0 when its pid namespace is not shared
 */
public record Peer(int uid, int gid, int pid) {

  /** The text that names its user and group, such as {@code uid 1000 gid 1000}. */
  public String identity() {
    return "uid " + Integer.toUnsignedString(uid) + " gid " + Integer.toUnsignedString(gid);
  }
}
