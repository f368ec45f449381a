package dev.latchkey.jdbc;

import dev.latchkey.client.Credential;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where a pool has its credential from. Safe for any thread. */
interface CredentialFeed extends AutoCloseable {

  /** From now on {@code listener} is called, never twice at once, at each other version. */
  void onChange(Runnable listener);

  /**
   * What to log in with, in the order to try: the current one, an announced one, the one before.
   * Never empty.
   *
   * @throws dev.latchkey.client.LatchkeyException when the current one may not be served
   */
  List<Credential> candidates();

  /**
   * Waits until what {@link #candidates} says differs from {@code seen}, or {@code timeout} is
   * over.
   */
  void awaitOther(List<Credential> seen, Duration timeout) throws InterruptedException;

  /** Tells the agent that nothing older is in use; completes when it has it. */
  CompletableFuture<Void> acknowledge(Credential credential);

  @Override
  void close();
}
