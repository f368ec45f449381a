package dev.latchkey.agent.consumer;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Holdings in memory, for tests. Safe for use by several threads. */
public final class InMemoryHolderStore implements HolderStore {

  private record Key(Holder holder, SecretName secret) {}

  private final Map<Key, Holding> holdings = new HashMap<>();
  private final Map<String, Subscriber> subscribers = new HashMap<>();

  @Override
  public synchronized void deliver(Transaction transaction, List<Holding> delivered) {
    for (Holding holding : delivered) {
      holdings.merge(
          new Key(holding.holder(), holding.secret()), holding, InMemoryHolderStore::merged);
    }
  }

  /** What was acknowledged stays so when something newer is delivered, and goes back otherwise. */
  private static Holding merged(Holding before, Holding now) {
    boolean newer = now.version() > before.version();
    return new Holding(
        now.holder(),
        now.secret(),
        Math.max(before.version(), now.version()),
        newer ? before.acknowledged() : Math.min(before.acknowledged(), now.version()),
        now.identity());
  }

  @Override
  public synchronized void acknowledge(
      Transaction transaction, String holderId, SecretName secret, long version) {
    holdings.replaceAll(
        (key, before) ->
            key.holder().id().equals(holderId)
                    && key.secret().equals(secret)
                    && before.acknowledged() < version
                ? new Holding(before.holder(), secret, before.version(), version, before.identity())
                : before);
  }

  @Override
  public synchronized List<Holding> all(Transaction transaction) {
    return new ArrayList<>(holdings.values());
  }

  @Override
  public synchronized void forgetBefore(Transaction transaction, SecretName secret, long version) {
    holdings
        .values()
        .removeIf(holding -> holding.secret().equals(secret) && holding.version() < version);
  }

  @Override
  public synchronized void open(
      Transaction transaction, String subscriptionId, Caller caller, boolean acknowledges) {
    subscribers.put(subscriptionId, new Subscriber(caller.uid(), caller.gid(), acknowledges));
  }

  @Override
  public synchronized Optional<Subscriber> subscriber(
      Transaction transaction, String subscriptionId) {
    return Optional.ofNullable(subscribers.get(subscriptionId));
  }
}
