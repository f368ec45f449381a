package dev.latchkey.agent.rpc;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.consumer.Holder;
import dev.latchkey.agent.secret.SecretException;
import io.grpc.Attributes;

/**
 * What was found of the peer when its connection was accepted; lies in the transport attributes of
 * each call.
 */
sealed interface Connection {

  /** Where it lies. */
  Attributes.Key<Connection> KEY = Attributes.Key.create("dev.latchkey.connection");

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

  /** The peer was not attested; every call is answered with {@code why}. */
  record Refused(SecretException why) implements Connection {}
}
