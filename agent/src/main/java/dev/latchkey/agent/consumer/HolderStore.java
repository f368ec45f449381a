package dev.latchkey.agent.consumer;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import java.util.List;
import java.util.Optional;

/** Keeps holdings and subscriptions across restarts. Called on the store's thread. */
public interface HolderStore {

  /**
   * Keeps that {@code version} was sent to each. An older version never replaces a newer one, but
   * takes back what was acknowledged beyond it; a newer one leaves that as it is.
   */
  void deliver(Transaction transaction, List<Holding> holdings);

  /** Keeps an acknowledgement; an older version never replaces a newer one. */
  void acknowledge(Transaction transaction, String holderId, SecretName secret, long version);

  /** Every holding there is. */
  List<Holding> all(Transaction transaction);

  /** Forgets the holdings of a secret whose version is older than {@code version}. */
  void forgetBefore(Transaction transaction, SecretName secret, long version);

  /** Keeps a subscription with the identity it belongs to. */
  void open(Transaction transaction, String subscriptionId, Caller caller, boolean acknowledges);

  /** Whom the subscription belongs to. */
  Optional<Subscriber> subscriber(Transaction transaction, String subscriptionId);

  /** The attested identity of a subscription. */
  record Subscriber(int uid, int gid, boolean acknowledges) {}
}
