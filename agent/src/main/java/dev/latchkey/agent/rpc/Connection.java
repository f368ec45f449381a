package dev.latchkey.agent.rpc;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.caller.Peer;
import dev.latchkey.agent.consumer.Holder;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import io.grpc.Attributes;

/**
 * What was found of the peer when its connection was accepted; lies in the transport attributes of
 * each call.
 */
sealed interface Connection {

  /** Where it lies. */
  Attributes.Key<Connection> KEY = Attributes.Key.create("dev.latchkey.connection");

  /** Why what came another way than over a Unix socket is refused. */
  static SecretException noSocket() {
    return SecretException.of(
        Reason.UNKNOWN_CALLER, "only callers on a Unix socket of this machine are served");
  }

  /**
   * The peer was attested.
   *
   * @param actor the caller as the audit names it
   * @param reader the holder that a unary read of this caller makes
   */
  record Attested(Caller caller, String actor, Holder reader) implements Connection {

    /** Works out once per connection what every call needs. */
    public static Attested of(Caller caller) {
      return new Attested(
          caller,
          caller.identity() + " pid " + caller.pid(),
          new Holder(Holder.Kind.READ, "read:" + caller.identity(), false));
    }
  }

  /**
   * The peer was not attested; every call is answered with {@code why}.
   *
   * @param actor the peer as the audit names it
   */
  record Refused(String actor, SecretException why) implements Connection {

    /** A peer of which the kernel says nothing. */
    public static Refused unknown(SecretException why) {
      return new Refused("unknown", why);
    }

    /** A peer that the attestor does not let in. */
    public static Refused of(Peer peer, SecretException why) {
      return new Refused(peer.identity() + " pid " + peer.pid(), why);
    }
  }
}
