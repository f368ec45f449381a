package dev.latchkey.agent.caller;

import dev.latchkey.agent.secret.SecretException;

/**
 * Turns what the kernel says of a peer into a caller. Called once per connection, on the event
 * loop: never blocks.
 */
@FunctionalInterface
public interface Attestor {

  /**
   * Attests a peer.
   *
   * @throws SecretException with reason UNKNOWN_CALLER when the peer cannot be told or is not let
   *     in at all
   */
  Caller attest(Peer peer);
}
