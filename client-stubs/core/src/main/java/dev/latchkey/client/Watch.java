package dev.latchkey.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A watch of some secrets, with the copy that it keeps of them.
 *
 * <p>It reconnects for ever, with jittered exponential backoff, and resumes from the states that it
 * holds, so that no change is missed and, within one epoch, no older state ever follows a newer
 * one. All methods are safe for any thread; only {@link #awaitCaughtUp} blocks.
 */
public interface Watch extends AutoCloseable {

  /**
   * The current credential out of the copy, without asking the agent.
   *
   * <p>Served while the agent was heard from within the secret's own {@code max_stale} and the
   * lease, if there is one, has not ended. An open but silent stream is renewed in time, so an
   * agent that hangs counts as out of contact.
   *
   * @throws LatchkeyException {@code UNAVAILABLE} when nothing has arrived yet or the agent cannot
   *     have it either, {@code COPY_TOO_OLD} past {@code max_stale}, {@code LEASE_EXPIRED} past its
   *     end, {@code DENIED} when the agent took the right away, {@code CLOSED} after {@link #close}
   * @throws IllegalArgumentException when the watch is not for this secret
   */
  Credential current(String name);

  /**
   * The newest candidate that is announced and not current, when the watch asked for candidates.
   */
  Optional<Credential> pending(String name);

  /**
   * Tells the agent that nothing older than {@code credential} is in use here any more, which lets
   * it retire the version before. Only for a watch made with {@link WatchRequest#acknowledging}.
   *
   * <p>Sent for every subscription of this watch that may have been given an older version, and
   * repeated across reconnects until the agent has taken it.
   *
   * @return completes when the agent has it; exceptionally with {@code CLOSED}, or with {@code
   *     CONFLICT} when the agent's epoch is another one by now
   * @throws IllegalStateException when the watch does not acknowledge
   */
  CompletableFuture<Void> acknowledge(Credential credential);

  /**
   * Completes when the copy first held everything that the agent had; exceptionally when closed
   * before.
   */
  CompletableFuture<Void> caughtUp();

  /**
   * Blocks until the copy first holds everything that the agent has.
   *
   * @throws LatchkeyException why the last attempt failed, or {@code DEADLINE_EXCEEDED}, when
   *     {@code timeout} is over; {@code CLOSED}; {@code CANCELLED} when interrupted, with the
   *     interrupt flag set
   */
  void awaitCaughtUp(Duration timeout);

  /**
   * Ends the stream. No listener call begins after the one that may be under way. Idempotent; never
   * blocks.
   */
  @Override
  void close();
}
