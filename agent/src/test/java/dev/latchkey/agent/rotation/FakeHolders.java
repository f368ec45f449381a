package dev.latchkey.agent.rotation;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.consumer.Holder;
import dev.latchkey.agent.consumer.Holders;
import dev.latchkey.agent.consumer.Holding;
import dev.latchkey.agent.secret.SecretName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** One holder of everything, that has acknowledged up to a version of the test's choice. */
final class FakeHolders implements Holders {

  private final List<Consumer<SecretName>> listeners = new ArrayList<>();
  private long acknowledged;

  void acknowledgeAll(SecretName secret, long version) {
    acknowledged = version;
    List.copyOf(listeners).forEach(listener -> listener.accept(secret));
  }

  void forgetListeners() {
    listeners.clear();
  }

  @Override
  public boolean isKept(Holder holder, SecretName secret, long version) {
    return false;
  }

  @Override
  public void deliver(SecretName secret, long version, Collection<Holder> holders, Caller caller) {}

  @Override
  public String subscribe(Caller caller, boolean acknowledges) {
    return "subscription";
  }

  @Override
  public void acknowledge(Caller caller, String subscriptionId, SecretName secret, long version) {}

  @Override
  public List<Holding> of(SecretName secret) {
    return List.of();
  }

  @Override
  public boolean allAcknowledged(SecretName secret, long version) {
    return acknowledged >= version;
  }

  @Override
  public void retire(SecretName secret, long version) {}

  @Override
  public AutoCloseable onAcknowledgement(Consumer<SecretName> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }
}
