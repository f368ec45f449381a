package dev.latchkey.agent.secret;

import java.time.Instant;

/** How long a credential lives. */
public sealed interface Lifetime {

  /** Lives until somebody changes it. */
  record Unleased() implements Lifetime {}

  /**
   * Ends by itself.
   *
   * @param expiresAt the instant from which the target refuses it
   * @param renewable whether the lease can be extended without a new value
   */
  record Leased(Instant issuedAt, Instant expiresAt, boolean renewable) implements Lifetime {

    public Leased {
      if (expiresAt.isBefore(issuedAt)) {
        throw new IllegalArgumentException("a lease ends after it was issued");
      }
    }
  }
}
