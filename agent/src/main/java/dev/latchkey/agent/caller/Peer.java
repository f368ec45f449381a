package dev.latchkey.agent.caller;

/**
 * What the kernel says of the process at the other end of a Unix socket.
 *
 * @param pid the process id at the time of the connection; 0 when its pid namespace is not shared
 */
public record Peer(int uid, int gid, int pid) {}
