package dev.latchkey.jdbc;

import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.StateId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A feed that the test publishes to. Safe for any thread. */
final class FakeFeed implements CredentialFeed {

  final List<Long> acknowledged = new CopyOnWriteArrayList<>();

  private @Nullable Credential current;
  private @Nullable Credential pending;
  private @Nullable Credential previous;
  private @Nullable Runnable listener;
  private @Nullable LatchkeyException refusal;
  private BiConsumer<List<Credential>, Duration> onAwait = (seen, timeout) -> {};

  static Credential credential(long version, String username, String password) {
    return Credential.builder("orders-db", new StateId("e1", version, version))
        .text("username", username)
        .text("password", password)
        .text("url", "jdbc:fake:orders")
        .build();
  }

  /** Refuses to say what is current from now on; null: no more. */
  synchronized void refuse(@Nullable LatchkeyException with) {
    refusal = with;
  }

  void publish(Credential credential) {
    Runnable told;
    synchronized (this) {
      previous = current;
      current = credential;
      pending = null;
      told = listener;
      notifyAll();
    }
    if (told != null) {
      told.run();
    }
  }

  synchronized void announce(Credential candidate) {
    pending = candidate;
    notifyAll();
  }

  /** What happens instead of waiting. */
  synchronized void onAwait(BiConsumer<List<Credential>, Duration> instead) {
    onAwait = instead;
  }

  @Override
  public synchronized void onChange(Runnable told) {
    listener = told;
  }

  @Override
  public synchronized List<Credential> candidates() {
    if (refusal != null) {
      throw refusal;
    }
    List<Credential> candidates = new ArrayList<>();
    for (Credential held : new Credential[] {current, pending, previous}) {
      if (held != null) {
        candidates.add(held);
      }
    }
    return candidates;
  }

  @Override
  public void awaitOther(List<Credential> seen, Duration timeout) {
    BiConsumer<List<Credential>, Duration> instead;
    synchronized (this) {
      instead = onAwait;
    }
    instead.accept(seen, timeout);
  }

  @Override
  public CompletableFuture<Void> acknowledge(Credential credential) {
    acknowledged.add(credential.state().version());
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {}
}
