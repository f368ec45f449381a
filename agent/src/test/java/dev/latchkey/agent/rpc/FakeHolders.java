package dev.latchkey.agent.rpc;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.consumer.Holder;
import dev.latchkey.agent.consumer.Holders;
import dev.latchkey.agent.consumer.Holding;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Holders in memory. */
final class FakeHolders implements Holders {

  final List<Holding> delivered = new CopyOnWriteArrayList<>();
  final Map<String, Caller> subscribers = new ConcurrentHashMap<>();
  final List<Long> acknowledged = new CopyOnWriteArrayList<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final LoopGuard guard;

  FakeHolders(LoopGuard guard) {
    this.guard = guard;
  }

  @Override
  public boolean isKept(Holder holder, SecretName secret, long version) {
    return delivered.stream()
        .anyMatch(
            one ->
                one.holder().equals(holder)
                    && one.secret().equals(secret)
                    && one.version() >= version);
  }

  @Override
  public void deliver(SecretName secret, long version, Collection<Holder> holders, Caller caller) {
    guard.blocks("holders.deliver");
    holders.forEach(
        holder -> delivered.add(new Holding(holder, secret, version, 0, caller.identity())));
  }

  @Override
  public String subscribe(Caller caller, boolean acknowledges) {
    guard.blocks("holders.subscribe");
    String id = "subscription-" + ids.incrementAndGet();
    subscribers.put(id, caller);
    return id;
  }

  @Override
  public void acknowledge(Caller caller, String subscriptionId, SecretName secret, long version) {
    guard.blocks("holders.acknowledge");
    Caller subscriber = subscribers.get(subscriptionId);
    if (subscriber == null || !subscriber.sameIdentity(caller)) {
      throw SecretException.of(Reason.DENIED, "not your subscription");
    }
    acknowledged.add(version);
  }

  @Override
  public List<Holding> of(SecretName secret) {
    return delivered.stream().filter(one -> one.secret().equals(secret)).toList();
  }

  @Override
  public boolean allAcknowledged(SecretName secret, long version) {
    return false;
  }

  @Override
  public void retire(SecretName secret, long version) {
    guard.blocks("holders.retire");
  }

  @Override
  public AutoCloseable onAcknowledgement(Consumer<SecretName> listener) {
    return () -> {};
  }
}
