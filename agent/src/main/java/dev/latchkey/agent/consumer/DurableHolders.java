package dev.latchkey.agent.consumer;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Holders kept in the state store before anything is sent, with a copy in memory for questions.
 *
 * <p>A holder's first delivery counts as an acknowledgement of that version: it was never sent
 * anything older. An acknowledgement goes as far as the newest version delivered to anybody: a
 * watcher that reconnected got that on its new subscription, and acknowledges it on its old one
 * too. The copy is changed after the store, so that it never says more than was kept.
 */
public final class DurableHolders implements Holders {

  private static final int ID_BYTES = 32;

  private final HolderStore store;
  private final Transaction.Runner transactions;
  private final SecureRandom random;
  private final HeldVersions held = new HeldVersions();
  private final GroupCommit commits;
  private final List<Consumer<SecretName>> listeners = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<String, HolderStore.Subscriber> subscribers =
      new ConcurrentHashMap<>();

  /** Knows nobody until {@link #start}. */
  public DurableHolders(HolderStore store, Transaction.Runner transactions, SecureRandom random) {
    this.store = store;
    this.transactions = transactions;
    this.random = random;
    this.commits =
        new GroupCommit(
            holdings -> transactions.run(transaction -> store.deliver(transaction, holdings)));
  }

  /** Reads what the store keeps. Blocks; called once, before anything else. */
  public void start() {
    transactions.call(store::all).forEach(held::delivered);
  }

  @Override
  public boolean isKept(Holder holder, SecretName secret, long version) {
    return held.has(holder, secret, version);
  }

  @Override
  public void deliver(SecretName secret, long version, Collection<Holder> holders, Caller caller) {
    List<Holding> missing =
        holders.stream()
            .filter(holder -> !held.has(holder, secret, version))
            .map(holder -> held.next(holder, secret, version, caller.identity()))
            .toList();
    if (!missing.isEmpty()) {
      commits.commit(missing);
      missing.forEach(held::delivered);
    }
  }

  @Override
  public String subscribe(Caller caller, boolean acknowledges) {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    transactions.run(transaction -> store.open(transaction, id, caller, acknowledges));
    return id;
  }

  @Override
  public void acknowledge(Caller caller, String subscriptionId, SecretName secret, long version) {
    if (!subscriber(subscriptionId).filter(owner -> isSame(owner, caller)).isPresent()) {
      throw SecretException.of(
          Reason.DENIED,
          "the subscription is not one of this caller; use the id of your own watch");
    }
    Optional<Holding> holding = held.of(secret, subscriptionId);
    if (holding.isEmpty() || holding.get().acknowledged() >= version) {
      return;
    }
    long bounded = Math.min(version, held.newest(secret));
    if (bounded <= holding.get().acknowledged()) {
      return;
    }
    transactions.run(
        transaction -> store.acknowledge(transaction, subscriptionId, secret, bounded));
    held.acknowledged(secret, holding.get().holder(), bounded);
    listeners.forEach(listener -> listener.accept(secret));
  }

  private Optional<HolderStore.Subscriber> subscriber(String id) {
    HolderStore.Subscriber known = subscribers.get(id);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<HolderStore.Subscriber> kept =
        transactions.call(transaction -> store.subscriber(transaction, id));
    kept.ifPresent(subscriber -> subscribers.put(id, subscriber));
    return kept;
  }

  private static boolean isSame(HolderStore.Subscriber owner, Caller caller) {
    return owner.uid() == caller.uid() && owner.gid() == caller.gid();
  }

  @Override
  public List<Holding> of(SecretName secret) {
    return held.of(secret);
  }

  @Override
  public boolean allAcknowledged(SecretName secret, long version) {
    return held.of(secret).stream().allMatch(holding -> holding.acknowledged() >= version);
  }

  @Override
  public void retire(SecretName secret, long version) {
    transactions.run(transaction -> store.forgetBefore(transaction, secret, version));
    held.forgetBefore(secret, version).forEach(subscribers::remove);
  }

  @Override
  public AutoCloseable onAcknowledgement(Consumer<SecretName> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }
}
