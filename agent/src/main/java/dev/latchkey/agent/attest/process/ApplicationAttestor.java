package dev.latchkey.agent.attest.process;

import dev.latchkey.agent.caller.Attestor;
import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.caller.Peer;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Attests applications: user and group from the kernel, the executable from {@code /proc} where the
 * rules ask for it.
 *
 * <p>A process of the agent's own user could trace the agent and read its memory, so it is refused
 * unless the agent runs for development. The executable of another user's process cannot be read
 * without CAP_SYS_PTRACE, and a process id of 0 names none: then it stays empty and no rule on it
 * matches.
 */
public final class ApplicationAttestor implements Attestor {

  private static final Path PROC = Path.of("/proc");

  private final int ownUid;
  private final boolean development;
  private final boolean readsExecutable;
  private final Path proc;

  /**
   * An attestor over this machine's {@code /proc}.
   *
   * @param ownUid the agent's own user
   * @param development whether the agent's own user is let in
   * @param readsExecutable whether any rule speaks of an executable
   */
  public ApplicationAttestor(int ownUid, boolean development, boolean readsExecutable) {
    this(ownUid, development, readsExecutable, PROC);
  }

  ApplicationAttestor(int ownUid, boolean development, boolean readsExecutable, Path proc) {
    this.ownUid = ownUid;
    this.development = development;
    this.readsExecutable = readsExecutable;
    this.proc = proc;
  }

  @Override
  public Caller attest(Peer peer) {
    if (peer.uid() == ownUid && !development) {
      throw SecretException.of(
          Reason.UNKNOWN_CALLER,
          "an application must not run as the agent's own user; run it as another one, or the"
              + " agent with --dev");
    }
    return new Caller(peer.uid(), peer.gid(), peer.pid(), executable(peer.pid()));
  }

  private Optional<Path> executable(int pid) {
    if (!readsExecutable || pid <= 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readSymbolicLink(proc.resolve(pid + "/exe")));
    } catch (IOException | UnsupportedOperationException unreadable) {
      return Optional.empty();
    }
  }
}
