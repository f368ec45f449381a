package dev.latchkey.agent.watch;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.consumer.Holder;
import dev.latchkey.agent.consumer.Holders;
import dev.latchkey.agent.consumer.Holding;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Holders in memory, whose store can break. */
final class HoldersByHand implements Holders {

  final List<String> kept = new ArrayList<>();
  boolean broken;
  boolean unforeseen;
  @Nullable Error breaksOnce;
  int calls;
  private final Set<String> held = new HashSet<>();
  private int subscriptions;

  private static String key(Holder holder, SecretName secret, long version) {
    return holder.id() + " " + secret + " " + version;
  }

  @Override
  public boolean isKept(Holder holder, SecretName secret, long version) {
    return held.contains(key(holder, secret, version));
  }

  @Override
  public void deliver(SecretName secret, long version, Collection<Holder> holders, Caller caller) {
    calls++;
    Error once = breaksOnce;
    breaksOnce = null;
    if (once != null) {
      throw once;
    }
    if (unforeseen) {
      throw new IllegalStateException("nobody foresaw this");
    }
    if (broken) {
      throw SecretException.of(Reason.UNAVAILABLE, "the store cannot be written");
    }
    holders.forEach(holder -> held.add(key(holder, secret, version)));
    kept.add(secret + " " + version);
  }

  @Override
  public String subscribe(Caller caller, boolean acknowledges) {
    return "subscription-" + ++subscriptions;
  }

  @Override
  public void acknowledge(Caller caller, String subscriptionId, SecretName secret, long version) {
    throw new AssertionError("a watch acknowledges nothing");
  }

  @Override
  public List<Holding> of(SecretName secret) {
    return List.of();
  }

  @Override
  public boolean allAcknowledged(SecretName secret, long version) {
    return false;
  }

  @Override
  public void retire(SecretName secret, long version) {
    throw new AssertionError("a watch retires nothing");
  }

  @Override
  public AutoCloseable onAcknowledgement(Consumer<SecretName> listener) {
    return () -> {};
  }
}
