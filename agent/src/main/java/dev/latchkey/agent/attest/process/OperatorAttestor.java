package dev.latchkey.agent.attest.process;

import dev.latchkey.agent.caller.Attestor;
import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.caller.Peer;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.util.Optional;

/**
 * Attests operators: the agent's own user and root, nobody else, whatever the socket's mode lets
 * in.
 */
public final class OperatorAttestor implements Attestor {

  private static final int ROOT = 0;

  private final int ownUid;

  public OperatorAttestor(int ownUid) {
    this.ownUid = ownUid;
  }

  @Override
  public Caller attest(Peer peer) {
    if (peer.uid() != ownUid && peer.uid() != ROOT) {
      throw SecretException.of(
          Reason.UNKNOWN_CALLER, "operators are the agent's own user and root alone");
    }
    return new Caller(peer.uid(), peer.gid(), peer.pid(), Optional.empty());
  }
}
