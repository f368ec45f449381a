package dev.latchkey.client;

/**
 * Is told what happens on a watch.
 *
 * <p>Calls of one watch never overlap and come in order, on a thread of the client's executor. A
 * slow listener holds up nobody else: changes of one secret that it could not be told in time are
 * merged into the newest, which counts them. What a call throws is logged by its class alone and
 * does not end the watch.
 */
@FunctionalInterface
public interface WatchListener {

  /**
   * A secret's current state changed; within one epoch never to an older state than one told
   * before.
   */
  void changed(CredentialChange change);

  /**
   * A candidate was announced that is not current yet; only when the watch asked for candidates.
   */
  default void pending(CredentialChange change) {}

  /** The agent says that the secret cannot be had at present; the watch goes on. */
  default void unavailable(String name, LatchkeyException why) {}

  /** A stream began; the agent's states belong to {@code epoch}. */
  default void connected(String epoch) {}

  /** Everything that was lacking when the stream began has been told. */
  default void caughtUp() {}

  /** The stream ended; the watch reconnects by itself. */
  default void disconnected(LatchkeyException why) {}
}
