package dev.latchkey.jdbc;

import dev.latchkey.client.Credential;
import dev.latchkey.client.CredentialChange;
import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.Watch;
import dev.latchkey.client.WatchListener;
import dev.latchkey.client.WatchRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The feed of a watch that acknowledges and sees candidates. */
final class WatchFeed implements CredentialFeed, WatchListener {

  private final LatchkeyClient client;
  private final String secret;
  private @Nullable Watch watch;
  private @Nullable Runnable listener;
  private @Nullable Credential current;
  private @Nullable Credential previous;

  WatchFeed(LatchkeyClient client, String secret) {
    this.client = client;
    this.secret = secret;
  }

  @Override
  public synchronized void onChange(Runnable told) {
    listener = told;
  }

  /** Begins to watch. */
  synchronized void start() {
    watch = client.watch(WatchRequest.of(secret).withCandidates().acknowledging(), this);
  }

  /** Blocks until the agent sent the credential for the first time. */
  void awaitFirst(Duration timeout) {
    Watch started = watch();
    started.awaitCaughtUp(timeout);
    Credential first = started.current(secret);
    synchronized (this) {
      if (current == null) {
        current = first;
      }
    }
  }

  @Override
  public void changed(CredentialChange change) {
    Runnable told;
    synchronized (this) {
      Credential before = current;
      boolean another = before == null || !before.state().sameVersion(change.credential().state());
      if (another && before != null) {
        previous = before;
      }
      current = change.credential();
      notifyAll();
      told = another ? listener : null;
    }
    if (told != null) {
      told.run();
    }
  }

  @Override
  public synchronized void pending(CredentialChange change) {
    notifyAll();
  }

  @Override
  public List<Credential> candidates() {
    Watch started = watch();
    List<Credential> candidates = new ArrayList<>();
    candidates.add(started.current(secret));
    started.pending(secret).ifPresent(candidates::add);
    synchronized (this) {
      // The listener may be a step behind the copy: then what it calls current is the one before.
      for (Credential held : new Credential[] {current, previous}) {
        if (held != null && candidates.stream().noneMatch(c -> sameVersion(c, held))) {
          candidates.add(held);
        }
      }
    }
    return candidates;
  }

  @Override
  public void awaitOther(List<Credential> seen, Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    synchronized (this) {
      long left = timeout.toNanos();
      while (left > 0 && candidates().equals(seen)) {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
        left = end - System.nanoTime();
      }
    }
  }

  @Override
  public CompletableFuture<Void> acknowledge(Credential credential) {
    return watch().acknowledge(credential);
  }

  @Override
  public void close() {
    Watch started;
    synchronized (this) {
      started = watch;
    }
    if (started != null) {
      started.close();
    }
  }

  private synchronized Watch watch() {
    Watch started = watch;
    if (started == null) {
      throw new LatchkeyException(
          LatchkeyException.Reason.UNAVAILABLE, "The pool has not begun to watch its secret");
    }
    return started;
  }

  private static boolean sameVersion(Credential one, Credential other) {
    return one.state().sameVersion(other.state());
  }
}
