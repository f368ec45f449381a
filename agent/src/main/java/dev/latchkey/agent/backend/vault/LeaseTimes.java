package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import io.github.jopenlibs.vault.json.JsonObject;
import java.time.Duration;
import java.time.Instant;

/** What the server says about the time of a lease, held to what can be. */
final class LeaseTimes {

  /**
   * The longest life that is believed; a longer one is renewed as if it ended then. It is the
   * longest that a server grants unless it was told otherwise.
   */
  static final Duration LONGEST = Duration.ofDays(32);

  private LeaseTimes() {}

  /** The lifetime of what {@code answer} brought; {@code askedAt} is no later than its start. */
  static Lifetime lifetime(String path, JsonObject answer, Instant askedAt) {
    return ServerText.text(answer, "lease_id").isEmpty()
        ? new Lifetime.Unleased()
        : new Lifetime.Leased(
            askedAt, end(path, answer, askedAt), ServerText.flag(answer, "renewable"));
  }

  /** Whether {@code answer} grants no time at all. */
  static boolean isNothing(JsonObject answer) {
    return ServerText.number(answer, "lease_duration") <= 0;
  }

  /** When a lease that {@code answer} grants ends. */
  static Instant end(String path, JsonObject answer, Instant askedAt) {
    long seconds = ServerText.number(answer, "lease_duration");
    if (seconds <= 0) {
      throw SecretException.retryable(
          Reason.UNAVAILABLE,
          path
              + ": Vault grants a lease of "
              + seconds
              + " s, which has ended; look at the"
              + " default_ttl and max_ttl of the role and of its mount",
          Failures.USUAL_DELAY);
    }
    return askedAt.plusSeconds(Math.min(seconds, LONGEST.toSeconds()));
  }
}
