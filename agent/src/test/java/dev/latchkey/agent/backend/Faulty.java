package dev.latchkey.agent.backend;

import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Puts every fault a secret manager can have before a good one, for tests. */
public final class Faulty implements Backend {

  private final Backend good;
  private final AtomicInteger calls = new AtomicInteger();
  private volatile @Nullable RuntimeException failure;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  public Faulty(Backend good) {
    this.good = good;
  }

  /** Fails every call from now on. */
  public void failWith(RuntimeException why) {
    failure = why;
  }

  /** Cannot be reached from now on. */
  public void goDown() {
    failWith(SecretException.of(Reason.UNAVAILABLE, "the backend cannot be reached"));
  }

  /** Works again. */
  public void heal() {
    failure = null;
  }

  /** Lets reads hang until {@link #release}. */
  public void hang() {
    gate = new CountDownLatch(1);
  }

  /** Lets hanging reads go on. */
  public void release() {
    gate.countDown();
  }

  /** How often it was called, faults included. */
  public int calls() {
    return calls.get();
  }

  @Override
  public BackendRead read(String path, Optional<String> version) {
    calls.incrementAndGet();
    try {
      gate.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw SecretException.of(Reason.UNAVAILABLE, "interrupted", interrupted);
    }
    RuntimeException broken = failure;
    if (broken != null) {
      throw broken;
    }
    return good.read(path, version);
  }

  @Override
  public boolean ordersVersions() {
    return good.ordersVersions();
  }

  @Override
  public ComponentHealth health() {
    return failure == null
        ? good.health()
        : ComponentHealth.unhealthy("faulty", "the backend cannot be reached");
  }
}
