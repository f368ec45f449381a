package dev.latchkey.client.placeholder;

import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyException;
import java.util.function.Consumer;

/**
 * What an application sees of the secrets that its configuration refers to; its framework's module
 * provides it and ends it with the context. Safe for any thread.
 */
public interface ReferencedSecrets {

  /**
   * Everything of one version of a secret, the current one.
   *
   * <p>Two properties are two reads, which may lie on both sides of a change: what belongs
   * together, such as a user and its password, is read out of one credential. Blocks until the
   * first value has come, for at most the time limit.
   *
   * @throws LatchkeyException why it cannot be had: {@code UNAVAILABLE} when the agent is away or
   *     has nothing within the time limit, {@code DENIED}, {@code COPY_TOO_OLD} when the agent was
   *     not heard from for the secret's {@code max_stale}, {@code LEASE_EXPIRED}, {@code CLOSED}
   */
  Credential credential(String secret);

  /**
   * Tells {@code listener} the name of each secret whose version changes after it was first read,
   * also of those that changed before it came.
   *
   * <p>Told one after another on a thread of the listener's own, whatever other listeners do and
   * whatever else cannot be read. What it throws is logged by its class alone, and it is told again
   * later, until it returns.
   */
  Registration onChange(Consumer<String> listener);

  /** Somebody who is told of changes. */
  interface Registration extends AutoCloseable {

    /** Ends it: no call begins after the one that may be under way. Idempotent. */
    @Override
    void close();
  }
}
