package dev.latchkey.agent.consumer;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.secret.SecretName;
import java.util.Collection;
import java.util.List;

/**
 * Who holds which version. Safe for use by several threads; what is marked so is safe on the event
 * loop.
 */
public interface Holders {

  /**
   * Whether the delivery of {@code version} to {@code holder} is already kept. Safe on the event
   * loop.
   */
  boolean isKept(Holder holder, SecretName secret, long version);

  /**
   * Keeps, before anything is sent, that {@code version} goes to each of {@code holders}; those of
   * one call and of calls made meanwhile share a transaction. Blocks.
   */
  void deliver(SecretName secret, long version, Collection<Holder> holders, Caller caller);

  /** Opens a subscription: an unguessable id, kept with its caller. Blocks. */
  String subscribe(Caller caller, boolean acknowledges);

  /**
   * Keeps that the subscriber uses nothing older than {@code version}. Idempotent. Blocks.
   *
   * @throws dev.latchkey.agent.secret.SecretException DENIED when {@code caller} has another
   *     identity than the subscriber; the same when there is no such subscription
   */
  void acknowledge(Caller caller, String subscriptionId, SecretName secret, long version);

  /** The holdings of a secret. */
  List<Holding> of(SecretName secret);

  /**
   * Whether every holder of a version before {@code version} has acknowledged {@code version} or
   * newer.
   */
  boolean allAcknowledged(SecretName secret, long version);

  /** Forgets the holdings of versions before {@code version}, which is retired. Blocks. */
  void retire(SecretName secret, long version);

  /** Calls {@code listener} with the secret's name after each acknowledgement. */
  AutoCloseable onAcknowledgement(java.util.function.Consumer<SecretName> listener);
}
